"""Makes a text model from examples and measures it; the one importer of scikit-learn, which reading a page never needs.

A model holds weights of hashed n-grams over all its examples, and no text: digits are folded to 0 before they are hashed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from dossier.errors import Misconfigured
from dossier.values import UNKNOWN_TYPE
from ocr.type_examples import Example
from ocr.type_features import BUCKETS, Bag, Weights, bags_of, vector
from ocr.type_model import Decisions, TypeModel

_FOLDS: Final = 5
"""Each part of the types is left out once: a paper of a type that the model was not taught must be called unknown."""
_STRANGERS: Final = 0.25
"""Share of papers of no known type among those that a probability is calibrated for."""
_ACCEPTED_ERROR: Final = 0.01
"""Wrong ones among the named, at most: the goal of the product."""
_SOFTNESS: Final = 1.0
"""C of the support vector machine; 0.3 was no better on wordings that no example has."""

Bags = tuple[Bag, Bag]
Flags = npt.NDArray[np.bool_]
Say = Callable[[str], object]


class Training(NamedTuple):
    """A model and what was found while it was made."""

    model: TypeModel
    classifier: LinearSVC
    """With the rounded weights of the model."""
    calibrator: LogisticRegression
    """Over `evidence`."""
    curve: tuple[tuple[float, float, float, float], ...]
    """Threshold, share of known papers named rightly, wrong ones among the named, strangers named; on left-out parts."""


class Figures(NamedTuple):
    """How a model does on examples that it was not made of."""

    papers: int
    right: int
    """Named, and rightly."""
    wrong: int
    """Named otherwise than they are; papers of no type that were named are among them."""
    leaning_right: int
    """Of the papers of a type: those whose likeliest type is right, named or not."""
    strangers: int
    """Papers of no type."""
    strangers_named: int

    @property
    def accepted_error(self) -> float:
        """Wrong ones among the named, 0.0 to 1.0."""
        return self.wrong / max(1, self.right + self.wrong)

    @property
    def coverage(self) -> float:
        """Share of the papers of a type that is named rightly."""
        return self.right / max(1, self.papers - self.strangers)


def measure(model: TypeModel, examples: Sequence[Example]) -> Figures:
    """Judge every example."""
    guesses = [(example.type, model.judge_sheet(example.sheet)) for example in examples]
    named = [(truth, guess.type) for truth, guess in guesses if guess.type != UNKNOWN_TYPE]
    return Figures(
        papers=len(guesses),
        right=sum(truth == name for truth, name in named),
        wrong=sum(truth != name for truth, name in named),
        leaning_right=sum(truth == guess.leaning for truth, guess in guesses),
        strangers=sum(truth == UNKNOWN_TYPE for truth, _ in guesses),
        strangers_named=sum(truth == UNKNOWN_TYPE for truth, _ in named),
    )


def fit(examples: Sequence[Example], weights: Sequence[float] | None = None, *, say: Say = str) -> Training:
    """Make a model of examples; ``weights`` says how much each counts, 1.0 by default.

    The same examples give the same model. 5,800 examples of 54 types take about a minute on one core.

    Raises:
        Misconfigured: fewer than 3 types, or no example of an unknown paper.
    """
    types = np.array([example.type for example in examples])
    if len(set(types)) < 3 or UNKNOWN_TYPE not in types:
        raise Misconfigured("text model: examples of two types and of unknown papers are needed at least")
    say("đặc trưng / features")
    bags = [bags_of(example.sheet) for example in examples]
    counts = np.ones(len(bags)) if weights is None else np.asarray(weights, float)
    idf = _idf(bags)
    matrix = _matrix(bags, idf)
    trial = _try_left_out(matrix, types, [example.kind for example in examples], counts, say)
    calibrator = _calibrate(trial)
    curve, threshold = _choose(trial, calibrator)
    say("mô hình / model")
    classifier, packed, scales = _packed(_separate(matrix, types, counts))
    best, lead, over_unknown = (float(part) for part in calibrator.coef_[0])
    model = TypeModel(
        sha256="",
        types=tuple(str(name) for name in classifier.classes_),
        idf=idf,
        weights=packed,
        scales=scales,
        offsets=np.asarray(classifier.intercept_, float),
        calibration=(best, lead, over_unknown, float(calibrator.intercept_[0])),
        threshold=threshold,
    )
    return Training(model, classifier, calibrator, curve)


def evidence(decisions: Decisions, classes: Sequence[str]) -> tuple[npt.NDArray[np.str_], Weights]:
    """The likeliest known type of each row of decisions, and what its probability is made of, shape (rows, 3)."""
    names = np.asarray(classes)
    known = names != UNKNOWN_TYPE
    unknown = decisions[:, ~known][:, 0]
    order = np.argsort(-decisions[:, known], axis=1, kind="stable")
    ranked = np.take_along_axis(decisions[:, known], order[:, :2], axis=1)
    best = ranked[:, 0]
    return names[known][order[:, 0]], np.stack([best, best - ranked[:, 1], best - unknown], axis=1)


class _Trial(NamedTuple):
    """Papers judged by a model that saw neither them nor, of the strangers, their type."""

    evidence: Weights
    right: Flags
    stranger: Flags

    @property
    def weights(self) -> Weights:
        """Of each paper, so that strangers are the share that is calibrated for."""
        share = float(self.stranger.mean())
        weights: Weights = np.where(self.stranger, _STRANGERS / share, (1 - _STRANGERS) / (1 - share))
        return weights


def _idf(bags: Sequence[Bags]) -> Weights:
    filled = np.concatenate([bag.ids for pair in bags for bag in pair])
    papers = np.bincount(filled, minlength=BUCKETS)
    return np.asarray(np.log((1 + len(bags)) / (1 + papers)) + 1, np.float32).astype(np.float64)


def _matrix(bags: Sequence[Bags], idf: Weights) -> csr_matrix:
    rows = [vector(pair, idf) for pair in bags]
    starts = np.cumsum([0, *(len(ids) for ids, _ in rows)])
    matrix = csr_matrix(
        (np.concatenate([row[1] for row in rows]), np.concatenate([row[0] for row in rows]), starts),
        shape=(len(rows), BUCKETS),
    )
    matrix.sum_duplicates()
    return matrix


def _separate(matrix: csr_matrix, types: npt.NDArray[np.str_], weights: Weights) -> LinearSVC:
    return LinearSVC(C=_SOFTNESS, random_state=0).fit(matrix, types, sample_weight=weights)


def _try_left_out(
    matrix: csr_matrix, types: npt.NDArray[np.str_], kinds: Sequence[str], weights: Weights, say: Say
) -> _Trial:
    """For each part: leave its kinds out altogether, and some papers of the others; then judge both."""
    chance = np.random.default_rng(0)
    names = sorted(set(kinds))
    part_of = dict(zip(names, chance.permutation(len(names)) % _FOLDS, strict=True))
    kind_part = np.array([part_of[kind] for kind in kinds])
    paper_part = chance.permutation(len(kinds)) % _FOLDS
    found = []
    for part in range(_FOLDS):
        say(f"kiểm tra chéo / cross-check {part + 1}/{_FOLDS}")
        left_out = kind_part == part
        judged = left_out | (paper_part == part)
        if UNKNOWN_TYPE not in types[~judged] or len(set(types[~judged])) < 3:
            continue
        classifier = _separate(matrix[~judged], types[~judged], weights[~judged])
        leaning, proof = evidence(classifier.decision_function(matrix[judged]), classifier.classes_)
        right = (leaning == types[judged]) & ~left_out[judged]
        found.append(_Trial(proof, right, left_out[judged] | (types[judged] == UNKNOWN_TYPE)))
    if not found:
        raise Misconfigured("text model: too few kinds of examples to leave some out")
    return _Trial(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _calibrate(trial: _Trial) -> LogisticRegression:
    return LogisticRegression(C=100.0).fit(trial.evidence, trial.right, sample_weight=trial.weights)


def _choose(trial: _Trial, calibrator: LogisticRegression) -> tuple[tuple[tuple[float, float, float, float], ...], float]:
    """The curve, and the least threshold from which on the error among the named stays within the goal."""
    chances = calibrator.predict_proba(trial.evidence)[:, 1]
    curve = []
    for threshold in np.round(np.arange(0.30, 0.991, 0.01), 2):
        named = chances >= threshold
        total = float(trial.weights[named].sum()) or 1.0
        error = float(trial.weights[named & ~trial.right].sum()) / total
        covered = float((named & trial.right)[~trial.stranger].mean())
        curve.append((float(threshold), covered, error, float(named[trial.stranger].mean())))
    over = [threshold for threshold, _, error, _ in curve if error > _ACCEPTED_ERROR]
    threshold = min((point[0] for point in curve if not over or point[0] > max(over)), default=curve[-1][0])
    return tuple(curve), threshold


def _packed(classifier: LinearSVC) -> tuple[LinearSVC, npt.NDArray[np.int8], Weights]:
    """Round the weights to 8 bits, in the classifier too, so that both say the same."""
    scales = np.maximum(np.abs(classifier.coef_).max(axis=1), 1e-12) / 127
    packed = np.rint(classifier.coef_ / scales[:, None]).astype(np.int8)
    classifier.coef_ = packed * scales[:, None]
    return classifier, np.ascontiguousarray(packed.T), scales
