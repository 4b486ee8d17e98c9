"""The command `gradwalk`: one table of subcommands (command.py), and a module for each."""
