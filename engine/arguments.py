"""`public`: a decorator of public functions that explains wrong calls and shortens tracebacks.

The error for a wrong keyword, or for a wrong number of arguments, says what to write instead. A traceback shows
the caller's lines and one of ours; set GRADWALK_TRACEBACK=full to see them all.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from math import inf, log10
from numbers import Integral
from types import FunctionType, TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from .sources import GENERATED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .errors import GradwalkError

T = TypeVar("T", bound=Callable[..., Any])

# Names of arguments in other libraries, and our names for them. The first one that the function has is suggested.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "min": ("low",),
    "max": ("high",),
    **dict.fromkeys(("learning_rate", "rate", "eta", "alpha", "step_size"), ("lr", "alpha", "optimizer", "p")),
    **dict.fromkeys(("optimiser", "opt", "solver"), ("optimizer",)),
    **dict.fromkeys(("n_epochs", "num_epochs", "nb_epoch", "max_iter", "iterations", "n_iter", "steps"), ("epochs",)),
    **dict.fromkeys(("batchsize", "batch", "bs", "minibatch"), ("batch_size",)),
    **dict.fromkeys(("act", "activation_fn", "nonlinearity", "transfer"), ("activation",)),
    **dict.fromkeys(
        ("hidden", "layers", "hidden_layer_sizes", "nouts", "hidden_sizes", "units"), ("sizes", "neurons")
    ),
    **dict.fromkeys(("nin", "n_inputs", "in_features", "input_dim", "input_size"), ("inputs",)),
    **dict.fromkeys(("nout", "out_features", "n_neurons", "hidden_size"), ("neurons", "hidden", "sizes")),
    **dict.fromkeys(("seed", "random_state", "generator"), ("seed", "rng")),
    "rng": ("seed",),
    **dict.fromkeys(("initializer", "kernel_initializer", "weights_init", "initialization"), ("init",)),
    **dict.fromkeys(("rankdir", "orientation"), ("direction",)),
    **dict.fromkeys(("criterion", "loss_fn", "loss_function", "cost", "objective"), ("loss",)),
    **dict.fromkeys(("validation_data", "val", "valid", "eval_set", "test"), ("validation",)),
    **dict.fromkeys(("verbose", "progress_bar", "tqdm"), ("progress",)),
    **dict.fromkeys(("scheduler", "lr_schedule", "lr_scheduler"), ("schedule",)),
    **dict.fromkeys(("early_stopping", "n_iter_no_change"), ("patience",)),
    **dict.fromkeys(("clip_norm", "clipnorm", "max_norm", "grad_clip"), ("clip", "limit")),
    **dict.fromkeys(("device", "n_devices"), ("devices",)),
    **dict.fromkeys(("beta", "mu", "beta1"), ("momentum", "betas")),
    **dict.fromkeys(("l2", "weight_penalty"), ("weight_decay",)),
    **dict.fromkeys(("l1_penalty", "l1_lambda", "lasso"), ("l1",)),
    **dict.fromkeys(("prob", "probability", "drop", "drop_prob", "dropout"), ("p",)),
    **dict.fromkeys(("n_samples", "samples", "n", "size"), ("rows",)),
    **dict.fromkeys(("params", "weights", "wrt"), ("parameters", "inputs")),
    **dict.fromkeys(("filename", "file", "fname"), ("path",)),
    **dict.fromkeys(("name", "title"), ("label", "labels")),
    **dict.fromkeys(("y_true", "targets", "labels"), ("y", "target")),
    **dict.fromkeys(("y_pred", "predictions", "output"), ("prediction",)),
}

# Arguments of other libraries that we have none for, and what to write instead.
ADVICE = {
    "lr": "give the optimizer its rate: optimizer=nn.optim.Adam(model.parameters(), lr=0.01)",
    "learning_rate": "give the optimizer its rate: optimizer=nn.optim.Adam(model.parameters(), lr=0.01)",
    "nonlin": "write activation='relu' for nonlin=True, activation='linear' for nonlin=False",
    "format": "the ending of the file name says it: .save('graph.svg'), .png, .pdf, .dot or .html",
    "filename": "save the result: .save('graph.svg')",
    "view": "save the result and open it: .save('graph.svg')",
    "retain_graph": "leave it out: the graph is always kept",
    "create_graph": "for gradients that are graphs again write grad(output, inputs)",
    "set_to_none": "leave it out: gradients become 0.0",
    "gradient": "multiply the root by that number, and call backward() on the product",
    "requires_grad": "every leaf has it; freeze one with v.requires_grad = False",
    "_children": "a node gets its arguments from the operation that makes it, such as a * b",
    "_op": "a node gets its operation from what makes it, such as a * b",
    "bias": "a neuron has a bias; to do without, set neuron.b.requires_grad = False",
    "use_bias": "a neuron has a bias; to do without, set neuron.b.requires_grad = False",
    "validation_split": "split first: train, test = nn.data.split(X, y), then validation=test",
    "reduction": "a loss is of one row: add up or average the rows yourself",
    "dtype": "numbers are floats of 64 bits",
    "weight_decay": "give the optimizer its decay: optimizer=nn.optim.AdamW(model.parameters(), weight_decay=0.01)",
    "l1": "give the optimizer its L1 penalty: optimizer=nn.optim.Adam(model.parameters(), l1=0.001)",
    "dropout": "put a layer nn.Dropout(0.5) between two others in nn.Sequential",
    "device": "numbers are Python's floats; nn.fit(..., backend='jax') runs on accelerators",
}
EXAMPLES = {
    "Value": "Value(2.0, 'w')",
    "MLP": "MLP(2, [3, 1])",
    "Layer": "Layer(2, 3)",
    "Neuron": "Neuron(2)",
    "Recurrent": "Recurrent(1, 4)",
    "Dropout": "Dropout(0.5)",
}
NOTHING: Any = object()  # marks an argument that was not given, in a function that reports wrong calls itself
HUGE = 200  # bits; a larger integer is described by its number of digits
OURS = tuple(
    os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), package, "")
    for package in ("engine", "nn")
)


def public(function: T) -> T:
    """Decorate a public function, or an `__init__`, so that an error for a wrong call says what to write.

    The function's own code runs as before, with its signature, its docstring and its types.

    >>> @public
    ... def train(model, epochs=10): ...
    >>> train(1, n_epochs=3)
    Traceback (most recent call last):
    engine.errors.ArgumentError: train() has no n_epochs=: write epochs=.
    """
    if isinstance(function, type):
        cls: Any = function
        cls.__init__ = _explaining_wrong_calls(cls.__init__, cls.__name__)
        return function
    name = function.__name__
    if name == "__call__":  # of a part of a model, which is called by whatever its user named it
        name = {"Neuron": "neuron", "Layer": "layer", "Program": "program"}.get(
            function.__qualname__.split(".")[0], "model"
        )
    return _explaining_wrong_calls(function, name)  # type: ignore[no-any-return]


def _explaining_wrong_calls(function: Any, name: str) -> Any:
    @wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        try:
            return function(*args, **options)
        except Exception as error:
            answer = _clearer_error(error, function, name, args, options)
            if answer is None:
                raise
        raise answer from answer.__cause__

    return call


def _clearer_error(error: Exception, function: Any, name: str, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Return what to raise instead: our error with fewer frames, an error that explains a wrong call, or None."""
    from .errors import ArgumentError, GradwalkError

    if isinstance(error, GradwalkError):
        mistake = _needless_targets(function, name, args)
        return ArgumentError(mistake) if mistake else shortened(error)
    inside = error.__traceback__ is not None and error.__traceback__.tb_next is not None
    if inside or not isinstance(error, TypeError):
        return None
    mistake = _needless_targets(function, name, args) or wrong_call(function, name, args, options)
    return ArgumentError(mistake) if mistake else None


def shortened(error: Any) -> Any:
    """Remove our frames from an error's traceback, and keep those of the user's functions that we called."""
    if os.environ.get("GRADWALK_TRACEBACK") == "full" or error.__traceback__ is None:
        return error
    theirs = []
    step = error.__traceback__.tb_next  # without the frame of `call`: Python adds it again
    while step:
        if not step.tb_frame.f_code.co_filename.startswith((*OURS, GENERATED)):
            theirs.append(step)
        step = step.tb_next
    kept: TracebackType | None = None
    for frame in reversed(theirs):
        kept = TracebackType(kept, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
    return error.with_traceback(kept)


def wrong_call(function: Any, name: str, args: tuple[Any, ...], options: dict[str, Any]) -> str | None:
    """Return a sentence about what is wrong with a call, judged by the signature; None if nothing is."""
    import inspect

    parameters = [*inspect.signature(function).parameters.values()]
    if parameters and parameters[0].name == "self":
        parameters, args = parameters[1:], args[1:]
    places = [each.name for each in parameters if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
    words = [each.name for each in parameters if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)]
    kinds = {each.kind for each in parameters}
    required = [each.name for each in parameters if each.default is each.empty and each.name in {*places, *words}]
    unknown = [word for word in options if word not in words]
    if unknown and inspect.Parameter.VAR_KEYWORD not in kinds:
        free = [word for word in words if word not in (*places[: len(args)], *options)]
        return f"{name}() has no {unknown[0]}=: {remedy(unknown[0], words, free)}."
    if len(args) > len(places) and inspect.Parameter.VAR_POSITIONAL not in kinds:
        return _too_many(name, places, len(args))
    twice = [word for word in places[: len(args)] if word in options]
    if twice:
        return f"{name}() is given {twice[0]} twice, by its place and by its name: leave one out."
    missing = [word for word in required if word not in places[: len(args)] and word not in options]
    if missing:
        given = {**dict(zip(places, args)), **options}
        whole = next((word for word in given if {*missing} <= {*unpacked(given[word])}), "")
        if whole:
            starred = ["*dataset" if word == whole else word for word in required if word not in missing]
            return (
                f"{name}() needs {' and '.join(missing)} as well, and {whole} is a whole Dataset, which a star "
                f"unpacks to rows and targets: write {name}({', '.join(starred)})."
            )
        example = f", such as {EXAMPLES[name]}" if name in EXAMPLES else ""
        return f"{name}() needs {' and '.join(missing)} as well: write {name}({', '.join(required)}){example}."
    return None


@public
def unpacked(thing: Any) -> tuple[str, ...]:
    """Return the names of the arguments that `*thing` gives, which its class says in `unpacks`; none by default."""
    return tuple(getattr(type(thing), "unpacks", ()))


def _needless_targets(function: Any, name: str, args: tuple[Any, ...]) -> str | None:
    """Return what is wrong with a call that gives targets after the rows X to a function that has no y; else None."""
    import inspect

    parameters = [*inspect.signature(function).parameters.values()]
    if parameters and parameters[0].name == "self":
        parameters, args = parameters[1:], args[1:]
    names = [each.name for each in parameters]
    after = names.index("X") + 1 if "X" in names else len(args)
    if "y" in names or after >= len(args) or not _as_many(args[after - 1], args[after]):
        return None
    if after < len(names):
        own = parameters[after]
        takes_lists = own.name == "parameters" or (own.name == "shape" and len(args[after]) == 2)
        if own.default is own.empty or takes_lists:
            return None
    return f"{name}() takes the rows alone, without their targets y: write {name}({', '.join(names[:after])})."


def _as_many(rows: Any, things: Any) -> bool:
    """Tell whether something has an item for each row."""
    if isinstance(things, (str, bytes)) or not hasattr(things, "__iter__"):
        return False
    try:
        return len(rows) == len(things)
    except TypeError:  # of an array without dimensions
        return False


def surplus(function: Any, name: str, more: tuple[Any, ...], unknown: dict[str, Any]) -> Any:
    """Return the error for arguments that a function does not have; it collects them as `*more` and `**unknown`.

    This is for functions that are called so often that the decorator `public` would slow them down. Their correct
    calls pay nothing for it. `hidden` removes `*more` and `**unknown` from the signature that is shown.
    """
    import inspect

    from .errors import ArgumentError

    args = (None,) * len(inspect.signature(function).parameters) + more if more else ()
    return ArgumentError(wrong_call(function, name, args, unknown))


VARIADIC = 0x04 | 0x08  # inspect.CO_VARARGS | inspect.CO_VARKEYWORDS


def hidden(function: T) -> T:
    """Decorate a function that uses `surplus`: `help` then shows its signature without `*more`, `**unknown`, NOTHING.

    `inspect` reads the signature from `__wrapped__`, which is set to a copy of the function without these.
    """
    code: Any = function.__code__
    given = tuple(default for default in function.__defaults__ or () if default is not NOTHING)
    without = code.replace(co_flags=code.co_flags & ~VARIADIC)
    twin: Any = FunctionType(without, {}, function.__name__, given, function.__closure__)
    twin.__annotations__ = function.__annotations__
    function.__wrapped__ = twin  # type: ignore[attr-defined]
    return function


class Places(NamedTuple):
    """The positional arguments of a function.

    - `names`: their names.
    - `least`, `most`: how many it needs, and how many it can take.
    - `keyword`: the name of a required keyword-only argument; "" for none.
    """

    names: list[str]
    least: int
    most: float
    keyword: str = ""

    def take(self, count: int) -> bool:
        """Tell whether the function can be called with `count` positional arguments and no others."""
        return self.least <= count <= self.most and not self.keyword


def places(function: Callable[..., Any]) -> Places:
    """Return the positional arguments of a function; any number if its signature cannot be read.

    >>> places(lambda x, y=1.0: x), places(lambda *xs, scale: xs)
    (Places(names=['x', 'y'], least=1, most=2, keyword=''), Places(names=[], least=0, most=inf, keyword='scale'))
    """
    from inspect import signature

    try:
        parameters = signature(function).parameters.values()
    except ValueError:  # a function written in C may have no signature
        return Places([], 0, inf)
    by_place = [each for each in parameters if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
    by_name = (each.name for each in parameters if each.kind is each.KEYWORD_ONLY and each.default is each.empty)
    least = sum(each.default is each.empty for each in by_place)
    most = inf if any(each.kind is each.VAR_POSITIONAL for each in parameters) else len(by_place)
    return Places([each.name for each in by_place], least, most, next(by_name, ""))


def _too_many(name: str, places: list[str], count: int) -> str:
    if not places:
        return f"{name}() takes no arguments, and this call has {count}: write {name}()."
    most = f"{len(places)} argument{'s' * (len(places) > 1)}"
    listed = places in (["inputs"], ["sequence"], ["X"])
    hint = f", with numbers that belong together in one list: {name}([1.0, 2.0])" if listed else ""
    return f"{name}() takes {most}, and this call has {count}: write {name}({', '.join(places)}){hint}."


def remedy(word: str, known: list[str], free: list[str] | None = None) -> str:
    """Say what to write for a word that a function does not know, given those that it knows.

    `free` are those that the call does not give yet: only they are suggested. None is all of them.

    >>> remedy("optimiser", ["epochs", "optimizer"]), remedy("lr", ["epochs", "optimizer"])[:33]
    ('write optimizer=', 'give the optimizer its rate: opti')
    >>> remedy("steps", ["state", "rng"], free=["rng"])
    'it has state=, rng='
    """
    free = known if free is None else free
    if word in ("y", "target") and "X" in known and "y" not in known:
        return "leave it out, for it takes the rows alone"
    if word in ADVICE and word not in known:
        direct = [name for name in SYNONYMS.get(word, ()) if name in free and name != "optimizer"]
        return f"write {direct[0]}=" if direct else ADVICE[word]
    meant = next((name for name in SYNONYMS.get(word, ()) if name in free), None)
    near = nearest(word, free)
    if meant:
        return f"write {meant}="
    if near:
        return f"did you mean {near[0]}="
    return f"it has {', '.join(f'{name}=' for name in known)}" if known else "it takes no options"


@public
def nearest(word: Any, known: Iterable[str], count: int = 1) -> list[str]:
    """Return the known words that are most similar to a typed word; small and capital letters count as the same.

    Words with the same letters in another order come first.

    >>> nearest("thanh", ["relu", "tanh"]), nearest("lr", ["LR", "TB"]), nearest(3, ["LR"])
    (['tanh'], ['LR'], [])
    >>> nearest("tahn", ["tan", "tanh"])
    ['tanh']
    """
    from difflib import get_close_matches

    spelled = {name.lower(): name for name in known}
    typed = str(word).lower()[:100]
    close = get_close_matches(typed, spelled, count + 3)
    close.sort(key=lambda name: sorted(name) != sorted(typed))
    return [spelled[name] for name in close[:count]]


MANY_NAMES = 12  # an error lists at most so many names


@public
def choose(what: str, name: Any, known: Iterable[str], error: type[GradwalkError], more: str = "") -> str:
    """Return a name if it is known, else raise an error that suggests a similar name or lists all.

    - `what`: the kind of thing that is named, such as "activation".
    - `name`: the name that was given.
    - `known`: the names to choose from.
    - `error`: the class of the error.
    - `more`: ends the list of names with what else may be given, such as ", or a function".

    >>> from engine import GradwalkError
    >>> choose("activation", "thanh", ["relu", "tanh"], GradwalkError)
    Traceback (most recent call last):
    engine.errors.GradwalkError: there is no activation 'thanh': did you mean 'tanh'?
    """
    known = list(known)
    if isinstance(name, str) and name in known:
        return name
    near = nearest(str(name), known) if name is None or isinstance(name, str) else []  # None for "none"
    names = [*map(repr, sorted(known))]
    names[MANY_NAMES:] = [f"{len(names) - MANY_NAMES} more"] if len(names) > MANY_NAMES else []
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names)}{more}."
    raise error(f"there is no {what} {described(name)}: {hint}")


@public
def flag(value: Any, name: str) -> bool:
    """Return an argument that is True or False, or raise ArgumentError with the argument's name."""
    from .errors import ArgumentError

    if isinstance(value, bool) or type(value).__name__ in ("bool", "bool_"):  # NumPy's
        return bool(value)
    raise ArgumentError(f"{name} is True or False, not {described(value)}.")


def is_whole(number: Any) -> bool:
    """Tell whether something is a whole number of any library. True and False are not.

    >>> is_whole(3), is_whole(3.0), is_whole(True)
    (True, False, False)
    """
    return isinstance(number, Integral) and not isinstance(number, bool)


@public
def described(thing: Any) -> str:
    """Return a short text for a wrong argument, for use in an error.

    >>> described(3), described((1, 2)), described([[]]), described(len)
    ('3', '(1, 2)', 'a list', 'the function len')
    """
    plain = (int, float, str, type(None))
    if isinstance(thing, int) and thing.bit_length() > HUGE:  # Python prints no integer of over 4,300 digits
        return f"an integer of about {int(thing.bit_length() * log10(2)):,} digits"
    if isinstance(thing, plain):
        text = repr(thing)
        return text if len(text) <= 60 else f"{text[:57]}..."
    if isinstance(thing, (list, tuple)) and 0 < len(thing) < 5 and all(map(_is_short, thing)):
        text = repr(thing)
        if len(text) <= 60:
            return text
    if callable(thing) and hasattr(thing, "__name__"):
        return f"the {'class' if isinstance(thing, type) else 'function'} {thing.__name__}"
    kind = type(thing).__name__
    if isinstance(thing, (list, tuple, dict, set)) and not thing:
        return f"an empty {kind}"
    return f"{'an' if kind[:1].lower() in 'aeio' else 'a'} {kind}"


def _is_short(thing: Any) -> bool:
    return isinstance(thing, (float, str, type(None))) or (isinstance(thing, int) and thing.bit_length() <= HUGE)
