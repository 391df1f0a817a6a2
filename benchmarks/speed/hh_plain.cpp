// The straightforward loop: the equations as one writes them down, lanes inside, std::exp, which
// g++ -O3 -ffast-math turns into calls of the vector library of glibc.
#include <cmath>

#include "yardstick.hpp"

void simulate_block(const Problem &p, std::int64_t first_sample, std::int64_t trace, double *sums) {
    alignas(64) double V[lanes], M[lanes], N[lanes], H[lanes], sum[lanes];
    alignas(64) double Gl[lanes], GNa[lanes], GK[lanes], C[lanes];
    for (int l = 0; l < lanes; l++) {
        V[l] = VT;
        M[l] = N[l] = H[l] = sum[l] = 0;
        Gl[l] = parameter(p, 0, first_sample + l);
        GNa[l] = parameter(p, 1, first_sample + l);
        GK[l] = parameter(p, 2, first_sample + l);
        C[l] = parameter(p, 3, first_sample + l);
    }
    const double dt = p.dt;
    for (std::int64_t step = 0; step < p.n_steps; step++) {
        const double I = p.input[trace * p.n_steps + step];
        const double target = p.target[trace * p.n_steps + step];
        const double weight = step >= p.start_step ? 1 : 0;
        for (int l = 0; l < lanes; l++) {
            const double v = V[l], m = M[l], n = N[l], h = H[l];
            sum[l] += weight * (v - target) * (v - target);
            const double u = (v - VT) / mV;
            const double am = 0.32 * (13. - u) / (std::exp((13. - u) / 4.) - 1.) / ms;
            const double bm = 0.28 * (u - 40.) / (std::exp((u - 40.) / 5.) - 1.) / ms;
            const double an = 0.032 * (15. - u) / (std::exp((15. - u) / 5.) - 1.) / ms;
            const double bn = .5 * std::exp((10. - u) / 40.) / ms;
            const double ah = 0.128 * std::exp((17. - u) / 18.) / ms;
            const double bh = 4. / (1. + std::exp((40. - u) / 5.)) / ms;
            const double gna = GNa[l] * (m * m * m) * h, gk = GK[l] * (n * n * n * n);
            const double g = Gl[l] + gna + gk;
            // Exponential Euler: every equation is linear in its own variable.
            const double v_inf = (Gl[l] * El + gna * ENa + gk * EK + I) / g;
            const double m_inf = am / (am + bm), n_inf = an / (an + bn), h_inf = ah / (ah + bh);
            V[l] = v_inf + (v - v_inf) * std::exp(-dt * g / C[l]);
            M[l] = m_inf + (m - m_inf) * std::exp(-dt * (am + bm));
            N[l] = n_inf + (n - n_inf) * std::exp(-dt * (an + bn));
            H[l] = h_inf + (h - h_inf) * std::exp(-dt * (ah + bh));
        }
    }
    for (int l = 0; l < lanes; l++) sums[l] = sum[l];
}
