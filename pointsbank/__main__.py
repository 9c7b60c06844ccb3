"""`python -m pointsbank` is the command `pointsbank`."""

from pointsbank.cli import main

main()
