"""Learns offline: reads labelled items, trains a topic's weights, says how good they are.

`corpus` reads items, `local` analyses them in this process, `logistic` is the arithmetic, `train`
makes weights, `evaluate` judges every item by a model that saw neither its outlet nor its event.
Training and serving compute features with the same `core.classifier.find_features`.
"""
