// Runs beside a frame that holds the page: how wide it is, and how each of its texts looks.
const frame = document.querySelector("iframe");

const parse = (colour) => colour.match(/[\d.]+/g).map(Number);

// Relative luminance as WCAG 2 defines it.
const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
const luminance = ([r, g, b]) =>
  0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);

const styleOf = (element) => frame.contentWindow.getComputedStyle(element);

function groundOf(element) {
  for (let e = element; e; e = e.parentElement) {
    const colour = parse(styleOf(e).backgroundColor);
    if (colour.length < 4 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
}

const hasText = (element) =>
  [...element.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());

function describe(element) {
  const tones = [luminance(parse(styleOf(element).color)), luminance(groundOf(element))];
  return {
    of: element.className,
    size: parseFloat(styleOf(element).fontSize),
    contrast: (Math.max(...tones) + 0.05) / (Math.min(...tones) + 0.05),
  };
}

frame.onload = () => {
  const page = frame.contentDocument;
  const all = [...page.body.querySelectorAll("*")];
  document.body.textContent = JSON.stringify({
    wide: page.documentElement.scrollWidth,
    right: Math.max(...all.map((e) => e.getBoundingClientRect().right)),
    dark: luminance(groundOf(page.body)) < 0.1,
    texts: all.filter(hasText).map(describe),
  });
};
