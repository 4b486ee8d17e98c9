"""`python -m demos` lists the demos."""

from demos import DEMOS

print("Run one with  python -m demos.NAME\n")
for name, shows in DEMOS.items():
    print(f"  {name:<11} {shows}")
