from importlib.resources import files

from monitor.topics import NAMES


def test_the_model_card_has_figures_for_every_topic() -> None:
    card = (files("monitor.topics") / "MODEL_CARD.md").read_text("utf-8")
    assert all(f"| {name} | 0.90 |" in card for name in NAMES)
    assert all(f"| {name}: largest calibration gap |" in card for name in NAMES)


def test_weights_stay_small() -> None:
    sizes = [len((files("monitor.topics") / name / "weights.json").read_bytes()) for name in NAMES]
    assert max(sizes) < 300_000
