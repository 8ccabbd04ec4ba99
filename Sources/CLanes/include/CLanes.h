// Vector operations that the Swift standard library leaves to scalar loops (6.3: SIMD16<Float>.squareRoot()
// calls sqrtf sixteen times). Static inline, so that they are compiled into the Swift kernels for their CPU.
#ifndef CLANES_H
#define CLANES_H

typedef float clanes_float16 __attribute__((ext_vector_type(16)));

static inline __attribute__((always_inline)) clanes_float16 clanes_sqrt(clanes_float16 x) {
    return __builtin_elementwise_sqrt(x);
}

#endif
