// What both hand-written loops share: the problem, blocks of lanes over threads, the error.
//
// A block is a row of `lanes` samples under one trace; its state lives in small arrays. Each
// step first adds the squared distance to the recording, then integrates, as Brian's schedule does.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

constexpr int lanes = 16;

// Traub-Miles Hodgkin-Huxley model; SI units.
constexpr double mV = 1e-3, ms = 1e-3;
constexpr double El = -65e-3, EK = -90e-3, ENa = 50e-3, VT = -63e-3;

struct Problem {
    const double *parameters;  // gl, g_na, g_kd, Cm: 4 rows of n_samples
    const double *input;       // n_traces rows of n_steps [A]
    const double *target;      // n_traces rows of n_steps [V]
    double *errors;            // n_samples [V**2]
    std::int64_t n_samples, n_traces, n_steps, start_step;
    double dt;
};

// Defined by each of the two programs: writes the sums of squared distances of one block.
void simulate_block(const Problem &problem, std::int64_t first_sample, std::int64_t trace,
                    double *sums);

inline double parameter(const Problem &p, int which, std::int64_t sample) {
    // Lanes beyond the last sample repeat it.
    return p.parameters[which * p.n_samples + (sample < p.n_samples ? sample : p.n_samples - 1)];
}

extern "C" void mean_squared_errors(const Problem *problem, int n_threads) {
    const Problem &p = *problem;
    const std::int64_t n_rows = (p.n_samples + lanes - 1) / lanes, n_blocks = n_rows * p.n_traces;
    std::vector<double> sums(n_blocks * lanes);
    std::atomic<std::int64_t> next{0};
    auto work = [&] {
        for (std::int64_t block; (block = next++) < n_blocks;)
            simulate_block(p, block / p.n_traces * lanes, block % p.n_traces, &sums[block * lanes]);
    };
    std::vector<std::thread> helpers;
    for (int i = 1; i < n_threads; i++) helpers.emplace_back(work);
    work();
    for (auto &helper : helpers) helper.join();
    for (std::int64_t sample = 0; sample < p.n_samples; sample++) {
        double total = 0;
        for (std::int64_t trace = 0; trace < p.n_traces; trace++)
            total += sums[(sample / lanes * p.n_traces + trace) * lanes + sample % lanes];
        p.errors[sample] = total / double((p.n_steps - p.start_step) * p.n_traces);
    }
}
