"""nn.sklearn: scikit-learn's own checks of estimators, and the tools that users put estimators into."""

from __future__ import annotations

import pickle
import subprocess
import sys
import warnings
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn")

from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import BaggingClassifier
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

import nn
from engine import GradwalkError
from engine.installed import install_command
from nn.sklearn import Classifier, Regressor

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3)) * [1.0, 10.0, 100.0]
NUMBERS = X[:, 0] - X[:, 1] / 10 + 0.01
NAMES = np.where(X[:, 0] + X[:, 1] / 10 > 0, "yes", "no")


@pytest.mark.slow
@pytest.mark.parametrize("estimator", [Classifier(), Regressor()], ids=["Classifier", "Regressor"])
def test_scikit_learns_own_checks_all_pass(estimator: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = check_estimator(estimator, on_fail=None, on_skip=None)
    outcomes = {result["check_name"]: result["status"] for result in results}
    assert len(results) > 45
    others = {name: outcome for name, outcome in outcomes.items() if outcome != "passed"}
    assert others in ({}, {"check_array_api_input": "skipped"})  # which runs where SCIPY_ARRAY_API is set
    tags = estimator.__sklearn_tags__()
    kind = tags.classifier_tags or tags.regressor_tags
    assert not any([kind.poor_score, tags.non_deterministic, tags.no_validation, tags._skip_test])


def test_it_works_in_what_scikit_learn_has_for_estimators() -> None:
    small = {"sizes": (4,), "epochs": 60, "random_state": 0}
    pipe = make_pipeline(StandardScaler(), Classifier(**small))
    assert cross_val_score(pipe, X, NAMES, cv=3).mean() > 0.85
    search = GridSearchCV(pipe, {"classifier__sizes": [(), (4,)], "classifier__lr": [0.001, 0.05]}, cv=2).fit(
        X, NAMES
    )
    assert search.best_params_["classifier__lr"] == 0.05
    assert set(search.predict(X)) == {"yes", "no"}
    fitted = pipe.fit(X, NAMES)
    for twin in (pickle.loads(pickle.dumps(fitted)), clone(pipe).fit(X, NAMES)):  # a seed gives the same weights
        assert (twin.predict_proba(X) == fitted.predict_proba(X)).all()
    target = TransformedTargetRegressor(Regressor(**small), transformer=StandardScaler())
    assert cross_val_score(make_pipeline(StandardScaler(), target), X, NUMBERS, cv=3).mean() > 0.8
    bagged = make_pipeline(StandardScaler(), BaggingClassifier(Classifier(**small), 2, random_state=0)).fit(X, NAMES)
    assert bagged.score(X, NAMES) > 0.85


def test_the_network_inside_is_gradwalks() -> None:
    scaled = StandardScaler().fit_transform(X)
    classifier = Classifier(sizes=(4,), epochs=40, random_state=0).fit(scaled, NAMES)
    assert nn.classify(classifier.model_, scaled) == [int(name == "yes") for name in classifier.predict(scaled)]
    assert classifier.predict_proba(scaled).sum(axis=1) == pytest.approx(1)
    assert (classifier.n_iter_, len(classifier.history_.losses)) == (40, 40)
    both = Regressor(sizes=(), epochs=5, random_state=0).fit(scaled, np.column_stack([NUMBERS, -NUMBERS]))
    assert both.predict(scaled).shape == (60, 2)
    assert Regressor(epochs=1).fit(scaled, NUMBERS[:, None]).predict(scaled).shape == (60, 1)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"sizes": 16}, "sizes"),
        ({"sizes": (0,)}, "neurons"),
        ({"activation": "thanh"}, "tanh"),
        ({"optimizer": "adm"}, "adam"),
        ({"optimizer": "adm", "lr": 0.1}, "adam"),
        ({"epochs": 0}, "epochs"),
        ({"lr": -1.0}, "rate"),
        ({"backend": "nampy"}, "numpy"),
        ({"batch_size": 0}, "batch"),
        ({"batch_size": "all"}, "batch"),
    ],
)
def test_a_wrong_argument_is_named_when_it_is_fitted(options: dict[str, Any], word: str) -> None:
    for estimator, y in ((Classifier(**options), NAMES), (Regressor(**options), NUMBERS)):
        with pytest.raises(GradwalkError, match=word):
            estimator.fit(X, y)


def test_one_class_is_refused() -> None:
    with pytest.raises(ValueError, match="class"):
        Classifier().fit(X, ["a"] * 60)


def test_without_scikit_learn_one_sentence_says_what_to_install() -> None:
    script = (
        "import sys; sys.modules['sklearn'] = None\nimport nn\n"
        "try: nn.sklearn\nexcept ImportError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == f"nn.sklearn needs scikit-learn: {install_command('train')}\n"
