// Fills the tensor engine's table from libtorch. Compiles against 1.13 (C++17) and 2.x (C++20) alike: it uses the
// dispatcher, whose operators are named and checked by schemas, and few functions besides.
#include "CTorchInterface.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/api/include/torch/version.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include <malloc.h>
#include <atomic>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

using at::Tensor;
using Tensors = std::vector<Tensor>;

// MARK: Errors

thread_local std::string message;

/// Runs a body; what it throws becomes the message.
template <typename Body> int32_t guarded(Body body) noexcept {
    try {
        body();
        return 0;
    } catch (const c10::Error &error) {
        message = error.what_without_backtrace();
    } catch (const std::exception &error) {
        message = error.what();
    } catch (...) {
        message = "an error that says nothing of itself";
    }
    return 1;
}

// MARK: Handles

std::atomic<int64_t> handles{0};

CTorchTensor wrapped(Tensor tensor) {
    auto *result = new Tensor(std::move(tensor));
    handles++;
    return reinterpret_cast<CTorchTensor>(result);
}

Tensor &unwrapped(CTorchTensor tensor) { return *reinterpret_cast<Tensor *>(tensor); }

/// The tensor of a handle; undefined for null.
Tensor optional(CTorchTensor tensor) { return tensor ? unwrapped(tensor) : Tensor(); }

Tensors list(const CTorchTensor *tensors, int32_t count) {
    Tensors result;
    result.reserve(count);
    for (int32_t index = 0; index < count; index++) result.push_back(optional(tensors[index]));
    return result;
}

at::Device device(int64_t number) {
    return number == CTORCH_CPU ? at::Device(at::kCPU) : at::Device(at::kCUDA, static_cast<at::DeviceIndex>(number));
}

// MARK: Operators

/// Whether an operator asks for a list some of whose tensors may be missing.
bool allows_missing(const c10::OperatorHandle &operation, size_t position) {
    const auto &arguments = operation.schema().arguments();
    if (position >= arguments.size()) return false;
    const auto list = arguments[position].type()->cast<c10::ListType>();
    return list && list->getElementType()->kind() == c10::TypeKind::OptionalType;
}

c10::IValue value(const CTorchValue &argument, bool allows_missing) {
    const auto count = argument.count;
    switch (argument.kind) {
    case CTORCH_NONE: return {};
    case CTORCH_TENSOR: return unwrapped(argument.as.tensor);
    case CTORCH_TENSORS: {
        if (!allows_missing) return list(argument.as.tensors, count);
        c10::List<c10::optional<Tensor>> result;
        for (int32_t index = 0; index < count; index++) {
            const auto tensor = argument.as.tensors[index];
            result.push_back(tensor ? c10::optional<Tensor>(unwrapped(tensor)) : c10::nullopt);
        }
        return result;
    }
    case CTORCH_INTEGER: return argument.as.integer;
    case CTORCH_INTEGERS: return std::vector<int64_t>(argument.as.integers, argument.as.integers + count);
    case CTORCH_REAL: return argument.as.real;
    case CTORCH_REALS: return std::vector<double>(argument.as.reals, argument.as.reals + count);
    case CTORCH_BOOLEAN: return argument.as.integer != 0;
    case CTORCH_BOOLEANS: {
        c10::List<bool> result;
        for (int32_t index = 0; index < count; index++) result.push_back(argument.as.integers[index] != 0);
        return result;
    }
    case CTORCH_DEVICE: return device(argument.as.integer);
    case CTORCH_TEXT: return std::string(argument.as.text);
    default: throw std::runtime_error("argument of unknown kind " + std::to_string(argument.kind));
    }
}

/// An operator of the namespace "aten" by name, or name and overload with a point between.
const c10::OperatorHandle &find(const char *text) {
    thread_local std::unordered_map<std::string, c10::OperatorHandle> known;
    std::string name(text);
    const auto found = known.find(name);
    if (found != known.end()) return found->second;
    const auto point = name.find('.');
    const auto overload = point == std::string::npos ? "" : name.substr(point + 1);
    auto operation = c10::Dispatcher::singleton().findSchemaOrThrow(
        ("aten::" + name.substr(0, point)).c_str(), overload.c_str());
    return known.emplace(std::move(name), operation).first->second;
}

int32_t call(const char *name, const CTorchValue *arguments, int32_t argument_count, CTorchValue *results,
             int32_t capacity, int32_t *result_count) {
    *result_count = 0;
    return guarded([&] {
        const auto &operation = find(name);
        std::vector<c10::IValue> stack;
        std::unordered_map<std::string, c10::IValue> keywords;
        for (int32_t index = 0; index < argument_count; index++) {
            const auto &argument = arguments[index];
            if (argument.name) {
                keywords.emplace(argument.name, value(argument, false));
            } else {
                stack.push_back(value(argument, allows_missing(operation, stack.size())));
            }
        }
        operation.schema().checkAndNormalizeInputs(stack, keywords);
        operation.callBoxed(stack);

        int32_t count = 0;
        const auto give = [&](int32_t kind, auto set) {
            if (count < capacity) {
                results[count].kind = kind;
                set(results[count]);
            }
            count++;
        };
        const auto giveTensor = [&](const Tensor &tensor) {
            if (tensor.defined()) {
                give(CTORCH_TENSOR, [&](auto &result) { result.as.tensor = wrapped(tensor); });
            } else {
                give(CTORCH_NONE, [](auto &) {});
            }
        };
        for (const auto &item : stack) {
            if (item.isTensor()) {
                giveTensor(item.toTensor());
            } else if (item.isTensorList()) {
                for (const auto &tensor : item.toTensorVector()) giveTensor(tensor);
            } else if (item.isInt()) {
                give(CTORCH_INTEGER, [&](auto &result) { result.as.integer = item.toInt(); });
            } else if (item.isDouble()) {
                give(CTORCH_REAL, [&](auto &result) { result.as.real = item.toDouble(); });
            } else if (item.isBool()) {
                give(CTORCH_BOOLEAN, [&](auto &result) { result.as.integer = item.toBool(); });
            } else {
                give(CTORCH_NONE, [](auto &) {});
            }
        }
        *result_count = count;
    });
}

// MARK: Linear operators

/// A linear operator that lives as long as something refers to it.
class Map : public torch::CustomClassHolder {
  public:
    explicit Map(const CTorchOperator &map)
        : context(map.context), apply(map.apply), retain(map.retain), release_(map.release),
          domain(map.domain, map.domain + map.domain_rank), range(map.range, map.range + map.range_rank) {
        retain(context);
    }
    ~Map() override { release_(context); }

    /// Operator or adjoint on [batch …, shape …], wherever the tensor lies.
    Tensor operator()(const Tensor &input, bool adjoint) const {
        const auto &from = adjoint ? range : domain;
        const auto &to = adjoint ? domain : range;
        const auto sizes = input.sizes();
        const auto extra = static_cast<int64_t>(sizes.size()) - static_cast<int64_t>(from.size());
        TORCH_CHECK(extra >= 0 && sizes.slice(std::max<int64_t>(extra, 0)) == at::IntArrayRef(from),
                    "a linear operator expected shape [batch.., ", at::IntArrayRef(from), "], found ", sizes);
        std::vector<int64_t> shape(sizes.begin(), sizes.begin() + extra);
        int64_t batch = 1;
        for (const auto size : shape) batch *= size;
        shape.insert(shape.end(), to.begin(), to.end());
        const auto here = input.to(at::kCPU, at::kComplexFloat).contiguous().resolve_conj().resolve_neg();
        auto result = at::empty(shape, here.options());
        apply(context, adjoint, batch, here.data_ptr(), result.data_ptr());
        return result.to(input.device());
    }

  private:
    void *context;
    void (*apply)(void *, int32_t, int64_t, const void *, void *);
    void (*retain)(void *);
    void (*release_)(void *);
    std::vector<int64_t> domain, range;
};

/// A linear operator as a function with a gradient: its adjoint, which in turn has the operator as its own.
struct LinearFunction : torch::autograd::Function<LinearFunction> {
    static Tensor forward(torch::autograd::AutogradContext *context, const Tensor &input,
                          const c10::intrusive_ptr<Map> &map, bool adjoint) {
        context->saved_data["map"] = c10::IValue::make_capsule(map);
        context->saved_data["adjoint"] = adjoint;
        return (*map)(input, adjoint);
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                   torch::autograd::variable_list gradients) {
        const auto map = c10::static_intrusive_pointer_cast<Map>(context->saved_data["map"].toCapsule());
        const auto adjoint = context->saved_data["adjoint"].toBool();
        return {apply(gradients[0], map, !adjoint), Tensor(), Tensor()};
    }
};

// MARK: The engine

int32_t set_autocast(int32_t dtype, int32_t device) {
    namespace autocast = at::autocast;
    const auto on = dtype >= 0;
    const auto type = static_cast<at::ScalarType>(on ? dtype : CTORCH_BFLOAT16);
    autocast::clear_cache();
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
    const auto kind = device == CTORCH_CPU ? at::kCPU : at::kCUDA;
    const auto before = autocast::is_autocast_enabled(kind)
        ? static_cast<int32_t>(autocast::get_autocast_dtype(kind)) : -1;
    autocast::set_autocast_enabled(kind, on);
    autocast::set_autocast_dtype(kind, type);
#else
    if (device != CTORCH_CPU) {
        const auto before = autocast::is_enabled() ? static_cast<int32_t>(autocast::get_autocast_gpu_dtype()) : -1;
        autocast::set_enabled(on);
        autocast::set_autocast_gpu_dtype(type);
        return before;
    }
    const auto before = autocast::is_cpu_enabled() ? static_cast<int32_t>(autocast::get_autocast_cpu_dtype()) : -1;
    autocast::set_cpu_enabled(on);
    autocast::set_autocast_cpu_dtype(type);
#endif
    return before;
}

/// Whether convolutions are faster with channels last. Measured, 64 channels, forward and backward, against C order:
/// 1.6 times as fast on AVX-512, but 0.6 times on AVX2, where oneDNN's gradient of the kernels needs blocks of channels.
int32_t prefers_channels_last(int32_t device) {
#if defined(__x86_64__)
    return device != CTORCH_CPU || __builtin_cpu_supports("avx512f");
#else
    return device != CTORCH_CPU;
#endif
}

int32_t wrap(void *data, const int64_t *shape, int32_t rank, int32_t dtype, void (*free)(void *), void *owner,
             CTorchTensor *result) {
    return guarded([&] {
        const auto options = at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype));
        const auto deleter = [free, owner](void *) { free(owner); };
        *result = wrapped(at::from_blob(data, at::IntArrayRef(shape, rank), deleter, options));
    });
}

int32_t replace(CTorchTensor tensor, CTorchTensor source) {
    return guarded([&] { unwrapped(tensor).set_data(unwrapped(source)); });
}

int32_t gradient(CTorchTensor tensor, CTorchTensor *result) {
    return guarded([&] {
        const auto &gradient = unwrapped(tensor).grad();
        *result = gradient.defined() ? wrapped(gradient) : nullptr;
    });
}

int32_t backward(CTorchTensor tensor, CTorchTensor gradient) {
    return guarded([&] {
        const auto weight = optional(gradient);
        torch::autograd::backward({unwrapped(tensor)}, weight.defined() ? Tensors{weight} : Tensors{});
    });
}

int32_t gradients(const CTorchTensor *outputs, const CTorchTensor *weights, int32_t output_count,
                  const CTorchTensor *inputs, int32_t input_count, int32_t create_graph, CTorchTensor *results) {
    return guarded([&] {
        const auto found = torch::autograd::grad(list(outputs, output_count), list(inputs, input_count),
                                                 list(weights, output_count), c10::nullopt, create_graph != 0, true);
        for (int32_t index = 0; index < input_count; index++) {
            results[index] = found[index].defined() ? wrapped(found[index]) : nullptr;
        }
    });
}

int32_t apply(const CTorchOperator *map, int32_t adjoint, CTorchTensor input, CTorchTensor *result) {
    return guarded([&] {
        *result = wrapped(LinearFunction::apply(unwrapped(input), c10::make_intrusive<Map>(*map), adjoint != 0));
    });
}

const CTorchAPI table = {
    CTORCH_VERSION,
    sizeof(CTorchAPI),
    [] { return message.c_str(); },
    [] { return TORCH_VERSION; },
    [] {
        int32_t count = 0;
        guarded([&] { count = at::hasCUDA() ? at::detail::getCUDAHooks().getNumGPUs() : 0; });
        return count;
    },
    prefers_channels_last,
    [] { return handles.load(); },
    [](uint64_t seed) { return guarded([&] { at::manual_seed(seed); }); },
    [](int32_t count) { return guarded([&] { at::set_num_threads(count); }); },
    [] { return static_cast<int32_t>(at::get_num_threads()); },
    [](int32_t on) {
        return guarded([&] {
            at::globalContext().setDeterministicAlgorithms(on != 0, false);
            at::globalContext().setDeterministicCuDNN(on != 0);
        });
    },
    [](int32_t on) {
        const auto before = at::GradMode::is_enabled();
        at::GradMode::set_enabled(on != 0);
        return static_cast<int32_t>(before);
    },
    set_autocast,
    wrap,
    [](CTorchTensor tensor) {
        CTorchTensor result = nullptr;
        guarded([&] { result = wrapped(unwrapped(tensor)); });
        return result;
    },
    [](CTorchTensor tensor) {
        delete &unwrapped(tensor);
        handles--;
    },
    [](CTorchTensor tensor) { return static_cast<int32_t>(unwrapped(tensor).scalar_type()); },
    [](CTorchTensor tensor) {
        const auto place = unwrapped(tensor).device();
        return place.is_cpu() ? CTORCH_CPU : static_cast<int32_t>(place.index());
    },
    [](CTorchTensor tensor) { return static_cast<int32_t>(unwrapped(tensor).dim()); },
    [](CTorchTensor tensor, int64_t *shape) {
        const auto sizes = unwrapped(tensor).sizes();
        std::copy(sizes.begin(), sizes.end(), shape);
    },
    [](CTorchTensor tensor) {
        void *start = nullptr;
        guarded([&] { start = unwrapped(tensor).data_ptr(); });
        return start;
    },
    [](CTorchTensor tensor, int32_t format) {
        return static_cast<int32_t>(unwrapped(tensor).is_contiguous(static_cast<at::MemoryFormat>(format)));
    },
    replace,
    call,
    [](CTorchTensor tensor) { return static_cast<int32_t>(unwrapped(tensor).requires_grad()); },
    [](CTorchTensor tensor, int32_t on) { return guarded([&] { unwrapped(tensor).set_requires_grad(on != 0); }); },
    gradient,
    [](CTorchTensor tensor, CTorchTensor gradient) {
        return guarded([&] { unwrapped(tensor).mutable_grad() = optional(gradient); });
    },
    backward,
    gradients,
    apply,
};

}  // namespace

// Each step of training takes and gives back the same large tensors. By default the C library asks the system for each
// anew, whose pages are then zeroed and mapped one by one: nearly half of a step of FCN. So memory is kept.
static void keep_memory() {
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, 0x7fffffff);
    mallopt(M_TOP_PAD, 64 << 20);
}

extern "C" __attribute__((visibility("default"))) const CTorchAPI *cinetorch_entry(void) {
    keep_memory();
    return &table;
}
