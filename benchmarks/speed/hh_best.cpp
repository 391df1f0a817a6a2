// The fastest loop that we know how to write by hand. What it does beyond hh_plain.cpp:
//
// * exp is inlined: argument reduction and a polynomial, results below 1e-307 cut off.
// * The five exponentials of v are powers of one, e = exp(-u / 360), by products.
// * Nine divisions are two: the rates' quotients stay numerators over common denominators, and
//   one reciprocal of a product serves several quotients. The product overflows only below
//   u = -700, so u is held above -600, where all gates are shut to the last bit already.
// * The lane loop is split, at most one exp a loop, so that the few vectors of a loop overlap in
//   the processor: one long loop waits for its own chain of results.
// * What is constant over a run is computed once: conductance times reversal, -dt / Cm. Voltages
//   are kept in mV relative to VT, so that u need not be computed.
#include <cmath>
#include <cstring>

#include "yardstick.hpp"

// Short loops must not be unrolled before they are vectorised.
#define FOR_LANES _Pragma("GCC unroll 1") for (int l = 0; l < lanes; l++)

static inline double from_bits(std::int64_t bits) {
    double number;
    std::memcpy(&number, &bits, sizeof number);
    return number;
}

static inline std::int64_t to_bits(double number) {
    std::int64_t bits;
    std::memcpy(&bits, &number, sizeof bits);
    return bits;
}

__attribute__((always_inline)) static inline double fast_exp(double x) {
    // Added to a float, it rounds to a whole number and leaves this, plus 1023, in the low bits.
    constexpr double to_biased = 6755399441055744. + 1023.;
    x = x > 709. ? 709. : x;
    x = x < -708. ? -708. : x;
    const std::int64_t counter = to_bits(__builtin_fma(x, 1.4426950408889634, to_biased));
    const double k = from_bits(counter) - to_biased;  // through bits: -ffast-math would cancel it
    double r = __builtin_fma(k, -0.6931471803691238, x);
    r = __builtin_fma(k, -1.9082149292705877e-10, r);
    const double r2 = r * r;
    double even = __builtin_fma(2.762980114559641e-07, r2, 2.4801494470185346e-05);
    double odd = __builtin_fma(2.4998948314085393e-08, r2, 2.75575882391997e-06);
    even = __builtin_fma(even, r2, 0.001388888894215752);
    odd = __builtin_fma(odd, r2, 0.00019841269506944322);
    even = __builtin_fma(even, r2, 0.04166666666653656);
    odd = __builtin_fma(odd, r2, 0.008333333333492723);
    even = __builtin_fma(even, r2, 0.500000000000001);
    odd = __builtin_fma(odd, r2, 0.1666666666666642);
    const double expm1_r = __builtin_fma(__builtin_fma(odd, r, even), r2, r);
    const double scale = from_bits(counter << 52);
    return __builtin_fma(scale, expm1_r, scale);
}

struct Rows {  // one value a lane
    alignas(64) double u[lanes], m[lanes], n[lanes], h[lanes], sum[lanes];
    alignas(64) double gl[lanes], g_na[lanes], g_kd[lanes], gl_El[lanes], dt_over_C[lanes];
    alignas(64) double safe_u[lanes], e[lanes];
    alignas(64) double v_inf[lanes], m_inf[lanes], n_inf[lanes], h_inf[lanes];
    alignas(64) double v_exponent[lanes], m_exponent[lanes], n_exponent[lanes], h_exponent[lanes];
};

static const double e13_4 = std::exp(13. / 4.), e15_5 = std::exp(3.), e40_5 = std::exp(8.),
                    inverse_e40_5 = std::exp(-8.), half_e10_40 = .5 * std::exp(.25),
                    scaled_e17_18 = .128 * std::exp(17. / 18.);
constexpr double u_Na = (ENa - VT) / mV, u_K = (EK - VT) / mV, u_l = (El - VT) / mV;

__attribute__((always_inline)) static inline void limits_and_exponents(Rows &r, int l, double I,
                                                                       double minus_dt) {
    const double u = r.safe_u[l], e = r.e[l], m = r.m[l], n = r.n[l], h = r.h[l];
    const double e2 = e * e, e4 = e2 * e2, e8 = e4 * e4, e9 = e8 * e, e18 = e9 * e9,
                 e20 = e18 * e2, e36 = e18 * e18, e72 = e36 * e36, e90 = e72 * e18;
    // alpha_m = a / da and so on; beta_m = 0.28 (u - 40) / (exp(u / 5 - 8) - 1) = b e72 / db
    const double a_m = 0.32 * (13. - u), b_m = 0.28 * (u - 40.) * e72;
    const double da_m = e13_4 * e90 - 1., db_m = inverse_e40_5 - e72;
    const double a_n = 0.032 * (15. - u), da_n = e15_5 * e72 - 1., beta_n = half_e10_40 * e9;
    const double alpha_h = scaled_e17_18 * e20, db_h = 1. + e40_5 * e72;
    // alpha + beta = total / denominator, so that alpha / (alpha + beta) needs total alone
    const double d_m = da_m * db_m, over_m = a_m * db_m, total_m = over_m + b_m * da_m;
    const double total_n = a_n + beta_n * da_n;
    const double over_h = alpha_h * db_h, total_h = over_h + 4.;
    const double g_na = r.g_na[l] * (m * m * m) * h, g_kd = r.g_kd[l] * ((n * n) * (n * n));
    const double g = r.gl[l] + g_na + g_kd;
    // one division for three denominators, one for four totals
    const double d_nh = da_n * db_h, inverse_d = 1. / (d_m * d_nh);
    const double total_mn = total_m * total_n, total_hg = total_h * g;
    const double inverse = 1. / (total_mn * total_hg);
    const double inverse_mn = inverse * total_hg, inverse_hg = inverse * total_mn;
    const double inverse_nh = inverse_d * d_m;
    r.v_inf[l] = (r.gl_El[l] + g_na * u_Na + g_kd * u_K + I) * (inverse_hg * total_h);
    r.m_inf[l] = over_m * (inverse_mn * total_n);
    r.n_inf[l] = a_n * (inverse_mn * total_m);
    r.h_inf[l] = over_h * (inverse_hg * g);
    r.v_exponent[l] = g * r.dt_over_C[l];
    r.m_exponent[l] = total_m * (inverse_d * d_nh) * minus_dt;
    r.n_exponent[l] = total_n * (inverse_nh * db_h) * minus_dt;
    r.h_exponent[l] = total_h * (inverse_nh * da_n) * minus_dt;
}

void simulate_block(const Problem &p, std::int64_t first_sample, std::int64_t trace, double *sums) {
    Rows r;
    for (int l = 0; l < lanes; l++) {
        r.u[l] = r.m[l] = r.n[l] = r.h[l] = r.sum[l] = 0;
        r.gl[l] = parameter(p, 0, first_sample + l);
        r.g_na[l] = parameter(p, 1, first_sample + l);
        r.g_kd[l] = parameter(p, 2, first_sample + l);
        r.gl_El[l] = r.gl[l] * u_l;
        r.dt_over_C[l] = -p.dt / parameter(p, 3, first_sample + l);
    }
    const double minus_dt = -p.dt / ms;
    for (std::int64_t step = 0; step < p.n_steps; step++) {
        const double I = p.input[trace * p.n_steps + step] / mV;
        const double target = (p.target[trace * p.n_steps + step] - VT) / mV;
        const double weight = step >= p.start_step ? 1 : 0;
        FOR_LANES {
            const double u = r.u[l], distance = u - target;
            r.sum[l] += weight * distance * distance;
            r.safe_u[l] = u < -600. ? -600. : u;
            r.e[l] = fast_exp(r.safe_u[l] * (-1. / 360.));
        }
        FOR_LANES limits_and_exponents(r, l, I, minus_dt);
        FOR_LANES r.u[l] = r.v_inf[l] + (r.u[l] - r.v_inf[l]) * fast_exp(r.v_exponent[l]);
        FOR_LANES r.m[l] = r.m_inf[l] + (r.m[l] - r.m_inf[l]) * fast_exp(r.m_exponent[l]);
        FOR_LANES r.n[l] = r.n_inf[l] + (r.n[l] - r.n_inf[l]) * fast_exp(r.n_exponent[l]);
        FOR_LANES r.h[l] = r.h_inf[l] + (r.h[l] - r.h_inf[l]) * fast_exp(r.h_exponent[l]);
    }
    for (int l = 0; l < lanes; l++) sums[l] = r.sum[l] * mV * mV;
}
