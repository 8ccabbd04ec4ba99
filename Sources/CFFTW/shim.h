// What Swift cannot import by itself: one static inline function per macro or C global.
#ifndef CFFTW_SHIM_H
#define CFFTW_SHIM_H

#include <fftw3.h>

#endif
