// What Swift cannot import by itself: one static inline function per macro or C global.
#ifndef CCRYPTO_SHIM_H
#define CCRYPTO_SHIM_H

#include <openssl/evp.h>

#endif
