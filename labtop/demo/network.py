"""A multilayer perceptron with its backward pass written out."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from labtop.demo.data import Floats, Labels

LEAK = 0.1


class Network:
    """Layers of weights and biases with leaky ReLU between them, softmax and cross-entropy at the end.

    All parameters are views into one flat vector, `theta`, and all gradients into another, so that an optimizer
    is arithmetic on two vectors.
    """

    def __init__(self, sizes: tuple[int, ...], rng: np.random.Generator) -> None:
        """`sizes` are inputs, hidden layers, classes. Weights are drawn from He et al. 2015: variance 2 / inputs."""
        self.shapes = list(pairwise(sizes))
        count = sum((inputs + 1) * outputs for inputs, outputs in self.shapes)
        self.theta: Floats = np.zeros(count)
        self.gradient: Floats = np.zeros(count)
        self.layers = self._views(self.theta)
        self.slopes = self._views(self.gradient)
        for weights, _ in self.layers:
            weights[:] = rng.normal(0.0, np.sqrt(2.0 / len(weights)), weights.shape)

    def _views(self, flat: Floats) -> list[tuple[Floats, Floats]]:
        """The weights (inputs, outputs) and biases (outputs,) of each layer inside `flat`."""
        views, at = [], 0
        for inputs, outputs in self.shapes:
            end = at + inputs * outputs
            views.append((flat[at:end].reshape(inputs, outputs), flat[end : end + outputs]))
            at = end + outputs
        return views

    def forward(self, x: Floats) -> list[Floats]:
        """The input of each layer, and last the logits, of shape (n, classes)."""
        inputs = [x]
        for weights, biases in self.layers[:-1]:
            hidden = inputs[-1] @ weights + biases
            inputs.append(np.maximum(hidden, LEAK * hidden))
        weights, biases = self.layers[-1]
        return [*inputs, inputs[-1] @ weights + biases]

    def evaluate(self, x: Floats, y: Labels) -> tuple[float, float]:
        """Mean cross-entropy in nats, and accuracy from 0 to 1."""
        logits = self.forward(x)[-1]
        return self._loss(logits, y)[0], _accuracy(logits, y)

    def learn(self, x: Floats, y: Labels) -> tuple[float, float]:
        """Like `evaluate`, and leaves the gradient of the mean cross-entropy in `gradient`."""
        inputs = self.forward(x)
        logits = inputs.pop()
        loss, delta = self._loss(logits, y)
        for index in range(len(self.layers) - 1, -1, -1):
            weights_slope, biases_slope = self.slopes[index]
            np.matmul(inputs[index].T, delta, out=weights_slope)
            np.sum(delta, axis=0, out=biases_slope)
            if index:
                delta = (delta @ self.layers[index][0].T) * np.where(inputs[index] > 0.0, 1.0, LEAK)
        return loss, _accuracy(logits, y)

    @staticmethod
    def _loss(logits: Floats, y: Labels) -> tuple[float, Floats]:
        """Mean cross-entropy, and its gradient by the logits: (softmax - one hot) / n."""
        shifted = logits - logits.max(axis=1, keepdims=True)
        exponentials = np.exp(shifted)
        sums = exponentials.sum(axis=1, keepdims=True)
        rows = np.arange(len(y))
        loss = float((np.log(sums[:, 0]) - shifted[rows, y]).mean())
        delta = exponentials / sums
        delta[rows, y] -= 1.0
        return loss, delta / len(y)


def _accuracy(logits: Floats, y: Labels) -> float:
    return float((logits.argmax(axis=1) == y).mean())
