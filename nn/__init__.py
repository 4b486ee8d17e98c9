"""Gradwalk's networks: neurons, layers and models of Values, losses to train them on, and optimizers."""

from . import data, init, losses, optim
from .checks import NetworkError
from .layers import MLP, Layer, Neuron
from .module import Module
from .recurrent import Recurrent

__all__ = ["MLP", "Layer", "Module", "NetworkError", "Neuron", "Recurrent", "data", "init", "losses", "optim"]
