// What the tensor engine offers: a table of functions, filled by libCineTorch.so and opened at run time.
//
// Operators are not listed one by one. `call` runs any operator of libtorch by the name that its own table of operators
// gives it ("conv2d", "add.Tensor"), fills in defaults and checks types by its schema, so that a new operator needs no
// new function here and no new shim.
//
// Every function that can fail returns 0, or 1 with the cause in `last_error` of the same thread. Nothing throws.
#ifndef CTORCH_INTERFACE_H
#define CTORCH_INTERFACE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Changes with every change of this table.
#define CTORCH_VERSION 1

// A handle that owns a reference to a tensor. Free it with `release`.
typedef struct CTorchTensorObject *CTorchTensor;

// Types of elements, by libtorch's own numbers (c10::ScalarType).
enum {
    CTORCH_UINT8 = 0,
    CTORCH_INT32 = 3,
    CTORCH_INT64 = 4,
    CTORCH_FLOAT16 = 5,
    CTORCH_FLOAT32 = 6,
    CTORCH_FLOAT64 = 7,
    CTORCH_COMPLEX64 = 9,
    CTORCH_COMPLEX128 = 10,
    CTORCH_BOOL = 11,
    CTORCH_BFLOAT16 = 15,
};

// Devices: the number of a CUDA device, or the CPU.
enum { CTORCH_CPU = -1 };

// What a CTorchValue holds.
enum {
    CTORCH_NONE,      // nothing, where an operator allows it
    CTORCH_TENSOR,    // as.tensor
    CTORCH_TENSORS,   // as.tensors, count; a null handle is a missing one, where an operator allows it
    CTORCH_INTEGER,   // as.integer
    CTORCH_INTEGERS,  // as.integers, count
    CTORCH_REAL,      // as.real
    CTORCH_REALS,     // as.reals, count
    CTORCH_BOOLEAN,   // as.integer
    CTORCH_BOOLEANS,  // as.integers, count
    CTORCH_DEVICE,    // as.integer
    CTORCH_TEXT,      // as.text
};

// An argument or a result of an operator.
typedef struct {
    int32_t kind;
    int32_t count;
    const char *name;  // of a keyword argument; null by position
    union {
        CTorchTensor tensor;
        const CTorchTensor *tensors;
        int64_t integer;
        const int64_t *integers;
        double real;
        const double *reals;
        const char *text;
    } as;
} CTorchValue;

// A linear operator between complex arrays in the CPU's memory.
typedef struct {
    void *context;
    // Applies the operator or its adjoint to `batch` arrays, one after another.
    void (*apply)(void *context, int32_t adjoint, int64_t batch, const void *input, void *output);
    // Retains and releases the context, which the graph of gradients keeps alive.
    void (*retain)(void *context);
    void (*release)(void *context);
    const int64_t *domain;
    const int64_t *range;
    int32_t domain_rank;
    int32_t range_rank;
} CTorchOperator;

typedef struct {
    // Of the shim that filled the table: it is for this header when both agree.
    uint32_t version;
    uint32_t size;

    // MARK: The engine
    const char *(*last_error)(void);
    const char *(*library_version)(void);
    int32_t (*device_count)(void);
    int32_t (*prefers_channels_last)(int32_t device);  // whether convolutions are faster so
    int64_t (*tensor_count)(void);  // handles that are alive
    int32_t (*set_seed)(uint64_t seed);
    int32_t (*set_threads)(int32_t count);
    int32_t (*threads)(void);
    int32_t (*set_deterministic)(int32_t on);
    int32_t (*set_gradients)(int32_t on);  // of this thread; returns what was before
    // Lets operators choose `dtype` where it is safe, on this thread; returns the dtype before, -1 for off.
    int32_t (*set_autocast)(int32_t dtype, int32_t device);

    // MARK: Tensors
    // Wraps memory, contiguous in C order; `free` is called with `owner` when nobody uses it any more.
    int32_t (*wrap)(void *data, const int64_t *shape, int32_t rank, int32_t dtype, void (*free)(void *), void *owner,
                    CTorchTensor *result);
    CTorchTensor (*share)(CTorchTensor tensor);  // another handle of the same tensor; null when memory is short
    void (*release)(CTorchTensor tensor);
    int32_t (*dtype)(CTorchTensor tensor);
    int32_t (*device)(CTorchTensor tensor);
    int32_t (*rank)(CTorchTensor tensor);
    void (*shape)(CTorchTensor tensor, int64_t *shape);
    void *(*data)(CTorchTensor tensor);
    // Of a memory format (0 contiguous, 2 channels last, 3 channels last in 3D).
    int32_t (*is_contiguous)(CTorchTensor tensor, int32_t format);
    // Makes a tensor refer to what another holds.
    int32_t (*replace)(CTorchTensor tensor, CTorchTensor source);

    // MARK: Operators
    // Writes at most `capacity` results and their number; a list of tensors counts as so many results.
    int32_t (*call)(const char *name, const CTorchValue *arguments, int32_t argument_count, CTorchValue *results,
                    int32_t capacity, int32_t *result_count);

    // MARK: Gradients
    int32_t (*requires_gradient)(CTorchTensor tensor);
    int32_t (*set_requires_gradient)(CTorchTensor tensor, int32_t on);
    // The accumulated gradient; null when there is none.
    int32_t (*gradient)(CTorchTensor tensor, CTorchTensor *result);
    // Sets or, with null, forgets the accumulated gradient.
    int32_t (*set_gradient)(CTorchTensor tensor, CTorchTensor gradient);
    int32_t (*backward)(CTorchTensor tensor, CTorchTensor gradient);
    // Gradients of Σ outputs · weights; null weights for scalars, null results for inputs without influence.
    int32_t (*gradients)(const CTorchTensor *outputs, const CTorchTensor *weights, int32_t output_count,
                         const CTorchTensor *inputs, int32_t input_count, int32_t create_graph,
                         CTorchTensor *results);
    // A linear operator whose gradient is its adjoint, on arrays [batch …, domain …].
    int32_t (*apply)(const CTorchOperator *map, int32_t adjoint, CTorchTensor input, CTorchTensor *result);
} CTorchAPI;

// The entry of libCineTorch.so.
const CTorchAPI *cinetorch_entry(void);

#ifdef __cplusplus
}
#endif

#endif
