// What Swift cannot import by itself: one static inline function per macro or C global.
#ifndef CPNG_SHIM_H
#define CPNG_SHIM_H

#include <png.h>

#endif
