// Vector operations that the Swift standard library leaves to scalar loops (6.3: SIMD16<Float>.squareRoot()
// calls sqrtf sixteen times). Static inline, so that they are compiled into the Swift kernels for their CPU.
#ifndef CLANES_H
#define CLANES_H

#if defined(__AVX__)
#include <immintrin.h>
#endif

typedef float clanes_float16 __attribute__((ext_vector_type(16)));
typedef float clanes_float4 __attribute__((ext_vector_type(4)));
typedef float clanes_float8 __attribute__((ext_vector_type(8)));
typedef int clanes_int16 __attribute__((ext_vector_type(16)));
typedef unsigned short clanes_ushort16 __attribute__((ext_vector_type(16)));
typedef unsigned char clanes_byte16 __attribute__((ext_vector_type(16)));

// Sums and products that may be fused into one instruction: Swift itself never fuses them.
static inline __attribute__((always_inline)) clanes_float16 clanes_add(clanes_float16 a, clanes_float16 b) {
#pragma clang fp contract(fast)
    return a + b;
}

static inline __attribute__((always_inline)) clanes_float16 clanes_subtract(clanes_float16 a, clanes_float16 b) {
#pragma clang fp contract(fast)
    return a - b;
}

static inline __attribute__((always_inline)) clanes_float16 clanes_multiply(clanes_float16 a, clanes_float16 b) {
#pragma clang fp contract(fast)
    return a * b;
}

static inline __attribute__((always_inline)) clanes_float16 clanes_sqrt(clanes_float16 x) {
    return __builtin_elementwise_sqrt(x);
}

// One instruction each: what the language offers asks about NaN, too, or compares and blends.
static inline __attribute__((always_inline)) clanes_float16 clanes_min(clanes_float16 a, clanes_float16 b) {
#if defined(__AVX512F__)
    return (clanes_float16)_mm512_min_ps((__m512)a, (__m512)b);
#elif defined(__AVX__)
    clanes_float16 result;
    result.lo = (clanes_float8)_mm256_min_ps((__m256)a.lo, (__m256)b.lo);
    result.hi = (clanes_float8)_mm256_min_ps((__m256)a.hi, (__m256)b.hi);
    return result;
#else
    return a < b ? a : b;
#endif
}

static inline __attribute__((always_inline)) clanes_float16 clanes_max(clanes_float16 a, clanes_float16 b) {
#if defined(__AVX512F__)
    return (clanes_float16)_mm512_max_ps((__m512)a, (__m512)b);
#elif defined(__AVX__)
    clanes_float16 result;
    result.lo = (clanes_float8)_mm256_max_ps((__m256)a.lo, (__m256)b.lo);
    result.hi = (clanes_float8)_mm256_max_ps((__m256)a.hi, (__m256)b.hi);
    return result;
#else
    return a > b ? a : b;
#endif
}

// yes where a < b, else no: one compare and one blend; SIMD16.replacing(with:where:) goes through integer masks.
static inline __attribute__((always_inline)) clanes_float16 clanes_pick(
    clanes_float16 a, clanes_float16 b, clanes_float16 yes, clanes_float16 no) {
    return a < b ? yes : no;
}

// Each two neighbours swapped: the real and imaginary parts of eight complex numbers.
static inline __attribute__((always_inline)) clanes_float16 clanes_swap_pairs(clanes_float16 x) {
    return __builtin_shufflevector(x, x, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
}

// The smallest and the largest of sixteen.
static inline __attribute__((always_inline)) float clanes_least(clanes_float16 x) {
    clanes_float8 half = x.lo < x.hi ? x.lo : x.hi;
    clanes_float4 quarter = half.lo < half.hi ? half.lo : half.hi;
    clanes_float4 pair = quarter < quarter.zwxy ? quarter : quarter.zwxy;
    return pair.x < pair.y ? pair.x : pair.y;
}

static inline __attribute__((always_inline)) float clanes_most(clanes_float16 x) {
    clanes_float8 half = x.lo > x.hi ? x.lo : x.hi;
    clanes_float4 quarter = half.lo > half.hi ? half.lo : half.hi;
    clanes_float4 pair = quarter > quarter.zwxy ? quarter : quarter.zwxy;
    return pair.x > pair.y ? pair.x : pair.y;
}

// Sixteen small whole numbers as bytes: the library's conversions go through one number at a time, too.
static inline __attribute__((always_inline)) clanes_byte16 clanes_bytes(clanes_float16 x) {
    return __builtin_convertvector(__builtin_convertvector(x, clanes_int16), clanes_byte16);
}

// Sixteen numbers in half precision, rounded to nearest; as bits, as Swift does not import vectors of _Float16.
static inline __attribute__((always_inline)) clanes_ushort16 clanes_halves(clanes_float16 x) {
    typedef _Float16 halves __attribute__((ext_vector_type(16)));
    return (clanes_ushort16)__builtin_convertvector(x, halves);
}

#endif
