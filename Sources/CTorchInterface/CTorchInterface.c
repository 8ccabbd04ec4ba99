#include "CTorchInterface.h"
