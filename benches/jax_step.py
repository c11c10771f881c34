#!/usr/bin/env python3
"""The training step of the 784-400-20 VAE in JAX, to hold ours against. A developer's tool: nothing depends on it.

    python3 -m venv VENV && VENV/bin/pip install jax
    cargo bench --bench native --no-run          # prints where the program is
    VENV/bin/python benches/jax_step.py [--ours PROGRAM] [--cpus 0] [--rounds 9]

It is the step of configs/mlp20.json: batch 128, Bernoulli pixels drawn anew, reparameterised sample, Adam, f32, jitted
as one function whose buffers are donated; one step is timed until its result is there. With `--ours`, the two run in
turn, each pinned to the CPUs of `--cpus`: JAX for 100 steps, then `PROGRAM --step` for 100, and so on. Printed are the
best and the median of the rounds' medians in ms.
"""

import argparse
import os
import statistics
import subprocess
import time

P, H, Z, B = 784, 400, 20, 128
RATE, BETA_1, BETA_2, EPSILON = 2e-3, 0.9, 0.99, 1e-8
STEPS = 100


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--ours", help="the native bench's program")
    arguments.add_argument("--cpus", default="0", help="as for taskset: 0 or 0,1")
    arguments.add_argument("--rounds", type=int, default=9)
    options = arguments.parse_args()
    cpus = [int(cpu) for cpu in options.cpus.split(",")]
    # Before JAX counts them for its pool of threads.
    os.sched_setaffinity(0, cpus)

    step = jax_step()
    medians = {"jax": []}
    for _ in range(options.rounds):
        medians["jax"].append(statistics.median(step() for _ in range(STEPS)))
        if options.ours:
            output = subprocess.run([options.ours, "--step"], check=True, capture_output=True, text=True,
                                    env={**os.environ, "RAYON_NUM_THREADS": str(len(cpus))}).stdout
            for line in output.splitlines():
                name, milliseconds = line.rsplit(maxsplit=1)
                medians.setdefault(name, []).append(float(milliseconds))
    for name, values in medians.items():
        print(f"{name:<28} best {min(values):7.3f}  median {statistics.median(values):7.3f} ms")


def jax_step():
    """A function that takes one step and returns its milliseconds."""
    import jax
    import jax.numpy as jnp

    def layer(key, inputs, outputs):
        bound = (3 / inputs) ** 0.5
        return jax.random.uniform(key, (inputs, outputs), minval=-bound, maxval=bound), jnp.zeros(outputs)

    keys = jax.random.split(jax.random.key(0), 4)
    sizes = [(P, H), (H, 2 * Z), (Z, H), (H, P)]
    parameters = [layer(key, *size) for key, size in zip(keys, sizes)]
    zeros = jax.tree.map(jnp.zeros_like, parameters)
    state = (parameters, zeros, jax.tree.map(jnp.zeros_like, parameters), jnp.array(0))

    def loss(parameters, x, eps):
        (w1, b1), (w2, b2), (w3, b3), (w4, b4) = parameters
        hidden = jax.nn.relu(x @ w1 + b1)
        mu, log_var = jnp.split(hidden @ w2 + b2, 2, axis=1)
        z = mu + jnp.exp(log_var / 2) * eps
        logits = jax.nn.relu(z @ w3 + b3) @ w4 + b4
        recon = jnp.sum(jax.nn.softplus(logits) - logits * x) / B
        kl = -0.5 * jnp.sum(1 + log_var - mu**2 - jnp.exp(log_var)) / B
        return recon + kl

    def update(state, means):
        parameters, first, second, t = state
        draw, noise = jax.random.split(jax.random.fold_in(jax.random.key(1), t))
        x = jax.random.bernoulli(draw, means).astype(jnp.float32)
        value, gradient = jax.value_and_grad(loss)(parameters, x, jax.random.normal(noise, (B, Z)))
        t = t + 1
        first = jax.tree.map(lambda m, g: BETA_1 * m + (1 - BETA_1) * g, first, gradient)
        second = jax.tree.map(lambda v, g: BETA_2 * v + (1 - BETA_2) * g * g, second, gradient)
        rate, scale = RATE / (1 - BETA_1**t), 1 / (1 - BETA_2**t)
        parameters = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v * scale) + EPSILON),
                                  parameters, first, second)
        return (parameters, first, second, t), value

    update = jax.jit(update, donate_argnums=0)
    means = jax.random.uniform(jax.random.key(2), (B, P))

    def step():
        nonlocal state
        start = time.perf_counter()
        state, value = update(state, means)
        jax.block_until_ready((state, value))
        return 1e3 * (time.perf_counter() - start)

    for _ in range(20):
        step()
    return step


if __name__ == "__main__":
    main()
