// What Swift cannot import by itself: one static inline function per macro or C global.
#ifndef CHDF5_SHIM_H
#define CHDF5_SHIM_H

#include <hdf5.h>

#endif
