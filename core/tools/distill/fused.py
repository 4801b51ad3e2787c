"""Batch norm and ReLU6 as one operation: compiled from fused.cpp where there is a compiler, else plain torch.

On a processor these two take more than half of the time of a training step in plain torch; together they
are bound by memory, so reading every map once instead of three times is what helps.
"""

import ctypes
import os
import subprocess
import tempfile

import torch
import torch.nn.functional as functional


def _compile():
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fused.cpp")
    flags = ["-O3", "-march=native", "-mprefer-vector-width=512", "-ffast-math", "-fno-finite-math-only"]
    with tempfile.TemporaryDirectory() as folder:
        target = os.path.join(folder, "fused.so")
        try:
            subprocess.run(["g++", *flags, "-shared", "-fPIC", source, "-o", target], check=True)
            return ctypes.CDLL(target)
        except (OSError, subprocess.CalledProcessError):
            print("no C++ compiler: batch norm runs in plain torch, at about half the speed")
            return None


_library = None


def use_compiled():
    """Compiles the operation; without this call, or without a compiler, plain torch does the work."""
    global _library
    _library = _compile()


def _address(tensor):
    return ctypes.c_void_p(tensor.data_ptr())


class _BatchNorm(torch.autograd.Function):
    @staticmethod
    def forward(context, x, gamma, beta, epsilon, clamp):
        x = x.contiguous(memory_format=torch.channels_last)
        channels = x.shape[1]
        mean, variance, y = torch.empty(channels), torch.empty(channels), torch.empty_like(x)
        context.sizes = (ctypes.c_int32(clamp), ctypes.c_int64(x.numel() // channels), ctypes.c_int64(channels))
        context.epsilon = ctypes.c_float(epsilon)
        _library.batch_norm_forward(
            *map(_address, (x, gamma, beta)), context.epsilon, *context.sizes, *map(_address, (mean, variance, y))
        )
        context.save_for_backward(x, gamma, beta, mean, variance)
        context.mark_non_differentiable(mean, variance)
        return y, mean, variance

    @staticmethod
    def backward(context, grad_y, _grad_mean, _grad_variance):
        saved = context.saved_tensors
        x, gamma, beta = saved[:3]
        grad_y = grad_y.contiguous(memory_format=torch.channels_last)
        grads = torch.empty_like(x), torch.empty_like(gamma), torch.empty_like(beta)
        _library.batch_norm_backward(
            *map(_address, (x, grad_y, *saved[1:])), context.epsilon, *context.sizes, *map(_address, grads)
        )
        return *grads, None, None


class BatchNorm(torch.nn.BatchNorm2d):
    """Batch norm, followed by ReLU6 if `clamp`."""

    def __init__(self, channels, clamp):
        super().__init__(channels, momentum=0.02)
        self.clamp = clamp

    def forward(self, x):
        if _library is None or not self.training or x.is_cuda:
            y = super().forward(x)
            return functional.relu6(y) if self.clamp else y
        y, mean, variance = _BatchNorm.apply(x, self.weight, self.bias, self.eps, self.clamp)
        with torch.no_grad():
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance, self.momentum)
        return y
