// What Swift cannot import by itself: one static inline function per macro or C global.
#ifndef CZLIB_SHIM_H
#define CZLIB_SHIM_H

#include <zlib.h>

#endif
