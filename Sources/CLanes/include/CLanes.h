// Vector operations that the Swift standard library leaves to scalar loops (6.3: SIMD16<Float>.squareRoot()
// calls sqrtf sixteen times). Static inline, so that they are compiled into the Swift kernels for their CPU.
#ifndef CLANES_H
#define CLANES_H

typedef float clanes_float16 __attribute__((ext_vector_type(16)));
typedef int clanes_int16 __attribute__((ext_vector_type(16)));

static inline __attribute__((always_inline)) clanes_float16 clanes_sqrt(clanes_float16 x) {
    return __builtin_elementwise_sqrt(x);
}

static inline __attribute__((always_inline)) clanes_float16 clanes_min(clanes_float16 a, clanes_float16 b) {
    return __builtin_elementwise_min(a, b);
}

static inline __attribute__((always_inline)) clanes_float16 clanes_max(clanes_float16 a, clanes_float16 b) {
    return __builtin_elementwise_max(a, b);
}

// yes where a < b, else no: one compare and one blend; SIMD16.replacing(with:where:) goes through integer masks.
static inline __attribute__((always_inline)) clanes_float16 clanes_pick(
    clanes_float16 a, clanes_float16 b, clanes_float16 yes, clanes_float16 no) {
    clanes_int16 mask = a < b;
    return (clanes_float16)(((clanes_int16)yes & mask) | ((clanes_int16)no & ~mask));
}

// Sixteen small whole numbers as bytes: the library's conversions go through one number at a time, too.
static inline __attribute__((always_inline)) void clanes_store_bytes(clanes_float16 x, unsigned char *out) {
    typedef unsigned char bytes __attribute__((ext_vector_type(16), aligned(1)));
    *(bytes *)out = __builtin_convertvector(__builtin_convertvector(x, clanes_int16), bytes);
}

// Sixteen numbers in half precision, rounded to nearest.
static inline __attribute__((always_inline)) void clanes_store_half(clanes_float16 x, void *out) {
    typedef _Float16 halves __attribute__((ext_vector_type(16), aligned(2)));
    *(halves *)out = __builtin_convertvector(x, halves);
}

#endif
