// What Swift cannot import by itself: one static inline function per macro or C global.
#ifndef CZLIB_SHIM_H
#define CZLIB_SHIM_H

#include <zlib.h>

// 15 window bits, +16 for the gzip wrapper. The header then has no name and modification time 0.
static inline int czlib_gzip_start(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

static inline int czlib_gunzip_start(z_stream *stream) { return inflateInit2(stream, 15 + 16); }

#endif
