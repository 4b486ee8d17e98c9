"""Feedback: a net that runs until it settles. It recalls patterns from damaged ones, and solves a puzzle."""

# %% [markdown]
# # A net that settles
#
# You will see four pictures of 8 × 8 squares stored in a net of 64 neurons, each joined to every other one. A
# damaged picture is put in, the neurons take turns, and the net comes to rest: mostly at the picture that was
# meant. All the while a number falls, its energy. Then the same net solves a puzzle, for what it lowers may also
# be a cost.

# %% [markdown]
# The pictures: black is 1, white is -1.

# %%
from itertools import product
from random import Random

from demos.lesson import curve, finish, panels, pattern, show
from engine import Value
from nn import Hopfield, data

DRAWN = {
    "ring": "..####.. .######. ##....## ##....## ##....## ##....## .######. ..####..",
    "cross": "...##... ...##... ...##... ######## ######## ...##... ...##... ...##...",
    "A": "...##... ..####.. .##..##. ##....## ######## ######## ##....## ##....##",
    "fence": "##..##.. ##..##.. ##..##.. ##..##.. ##..##.. ##..##.. ##..##.. ##..##..",
    "bars": "######## ######## ........ ........ ######## ######## ........ ........",
    "H": "##....## ##....## ##....## ######## ######## ##....## ##....## ##....##",
    "X": "##....## ##....## .##..##. ..####.. ..####.. .##..##. ##....## ##....##",
    "Z": "######## ######## ....##.. ...##... ..##.... .##..... ######## ########",
    "T": "######## ######## ...##... ...##... ...##... ...##... ...##... ...##...",
    "L": "##...... ##...... ##...... ##...... ##...... ##...... ######## ########",
}
PATTERNS = {name: [int(2 * ink - 1) for ink in data.pixels(lines.split())] for name, lines in DRAWN.items()}
stored = {name: PATTERNS[name] for name in ("ring", "cross", "A", "fence")}
net = Hopfield(list(stored.values()))
print(f"{net}, which store {', '.join(stored)}")

# %% [markdown]
# The energy is a sum of products of neurons and weights, a graph like any other. So `backward()` tells each
# neuron in which direction the energy falls, and the neuron takes that sign.

# %%
small = Hopfield([[1, 1, -1], [1, -1, -1]])
state = [Value(float(s), f"s{place}") for place, s in enumerate([-1, 1, -1], 1)]
energy = small.energy(state)
energy.backward()
print(f"\nthree neurons, {[int(s.data) for s in state]}: energy {energy.data:.3f}")
for s in state:
    sign = 1 if s.grad < 0 else -1 if s.grad > 0 else int(s.data)
    print(f"  dE/d{s.label} = {s.grad:>6.3f}, so {s.label} {'stays' if sign == s.data else 'becomes'} {sign:>2}")
recalled = small.recall([s.data for s in state])
print(f"settled in {list(recalled.state)}: energy {recalled.energies[-1]:.3f}")


# %% [markdown]
# Now the pictures. A damaged one has some of its 64 squares turned over, chosen at random. Here are 13 of the
# ring's, and the net runs until it settles.


# %%
def damaged(picture: list[int], share: float, rng: Random) -> list[int]:
    """Return the picture with a share of its squares turned over."""
    places = {*rng.sample(range(len(picture)), round(share * len(picture)))}
    return [-s if place in places else s for place, s in enumerate(picture)]


example = net.recall(damaged(stored["ring"], 0.2, Random(1)))
falls = [after - before for before, after in zip(example.energies, example.energies[1:])]
print(f"\na ring with 20 % of its squares turned over: {len(falls)} changes until it settles")
print(f"energy {example.energies[0]:.2f} to {example.energies[-1]:.2f}; each change lowers it: {max(falls) < 0}")
print(f"it is the ring again: {list(example.state) == stored['ring']}")

# %% [markdown]
# How often is the right picture recalled? That depends on how much is damaged, and on how many are stored.


# %%
def recalled_share(names: list[str], share: float, seeds: int = 20) -> float:
    """Return the share of damaged pictures, `seeds` of each picture, that become exactly the right picture again."""
    hopfield, right = Hopfield([PATTERNS[name] for name in names]), 0
    for name in names:
        for seed in range(seeds):
            rng = Random(f"{name} {share} {seed}")
            right += list(hopfield.recall(damaged(PATTERNS[name], share, rng), rng).state) == PATTERNS[name]
    return right / (seeds * len(names))


DAMAGE, COUNTS = (0.1, 0.2, 0.3), (2, 4, 6, 8, 10)
shares = {count: [recalled_share([*PATTERNS][:count], share) for share in DAMAGE] for count in COUNTS}
print("\nshare of pictures recalled to the last square, 20 damaged ones of each")
print("stored   " + "".join(f"{f'{100 * share:.0f} % damage':>14}" for share in DAMAGE))
for count, row in shares.items():
    print(f"{count:>6}   " + "".join(f"{100 * share:>12.0f} %" for share in row))
print("Too many pictures, or such that are alike, and the net mixes them up.")

# %% [markdown]
# A puzzle: 14 pupils, and some pairs who quarrel. Divide the class into two groups so that as many pairs as
# possible are apart. With a weight of -1 between two who quarrel, a pair that is apart lowers the energy, and one
# that is together raises it: the net looks for the division by itself.

# %%
PUPILS = 14
rng = Random(4)
quarrels = [(i, j) for i in range(PUPILS) for j in range(i) if rng.random() < 0.35]
matrix = [[-float((i, j) in quarrels or (j, i) in quarrels) for j in range(PUPILS)] for i in range(PUPILS)]
groups = Hopfield(weights=matrix)


def apart(state: tuple[int, ...]) -> int:
    """Return how many of the pairs who quarrel are in different groups."""
    return sum(state[i] != state[j] for i, j in quarrels)


divisions = list(product((1, -1), repeat=PUPILS - 1))  # the first pupil is in group 1, whichever group that is
best = max(apart((1, *rest)) for rest in divisions)
starts = [[rng.choice((1, -1)) for _ in range(PUPILS)] for _ in range(200)]
ends = [groups.recall(start, seed) for seed, start in enumerate(starts)]
reached = [apart(end.state) for end in ends]
print(f"\n{PUPILS} pupils, {len(quarrels)} pairs who quarrel; {len(divisions):,} ways to divide them, all tried:")
print(f"at best {best} pairs are apart. The net, from 200 random starts:")
for count in sorted(set(reached), reverse=True):
    print(f"  {count} pairs apart in {100 * reached.count(count) / len(reached):>4.1f} % of starts")
changes = sorted(len(end.states) - 1 for end in ends)[len(ends) // 2]
print(f"Half of the starts settle within {changes} changes: it may start often.")

# %% [markdown]
# The ring as it settles, with the energy of each state.

# %%
figure, (first, *rest) = panels(1, 5, 10, 2.9)
moments = [round(part * (len(example.states) - 1)) for part in (0, 0.25, 0.5, 0.75, 1)]
for ax, moment in zip((first, *rest), moments):
    wrong = [place for place, (a, b) in enumerate(zip(example.states[moment], stored["ring"])) if a != b]
    title = f"{'start' if not moment else f'change {moment}'}\nE = {example.energies[moment]:.1f}"
    pattern(ax, example.states[moment], 8, title, wrong)
figure.suptitle("A damaged ring settles: a dot marks each square that is still wrong", fontsize=14, x=0.01, ha="left")
show(figure, "feedback_states.png")

# %% [markdown]
# The energy of four damaged pictures until each settles, and how many are recalled.

# %%
figure, (left, right) = panels(1, 2, 10, 4)
for number, (name, picture) in enumerate(stored.items()):
    energies = net.recall(damaged(picture, 0.3, Random(number)), number).energies
    curve(left, number, range(len(energies)), energies, name)
finish(left, "The energy falls until it settles", "change", "energy")
for number, (damage, column) in enumerate(zip(DAMAGE, zip(*shares.values()))):
    curve(right, number, COUNTS, [100 * share for share in column], f"{100 * damage:.0f} % damage")
finish(right, "Pictures recalled", "pictures stored", "%")
right.set_ylim(0, 104)
show(figure, "feedback_energy.png")

# %% [markdown]
# **A question.** Turn over *all* squares of the ring and put it in. What does the net recall, and what is its
# energy? Why must that be so, if you look at the formula of the energy?
