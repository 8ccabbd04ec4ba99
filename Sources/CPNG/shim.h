// What Swift cannot import by itself: one static inline function per macro or C global.
#ifndef CPNG_SHIM_H
#define CPNG_SHIM_H

#include <png.h>
#include <string.h>

// The simplified interface keeps its setjmp to itself, so no longjmp crosses Swift.
static inline void cpng_start(png_image *image) {
    memset(image, 0, sizeof *image);
    image->version = PNG_IMAGE_VERSION;
}

static inline png_uint_32 cpng_grey(void) { return PNG_FORMAT_GRAY; }
static inline png_uint_32 cpng_rgb(void) { return PNG_FORMAT_RGB; }
static inline png_uint_32 cpng_palette(void) { return PNG_FORMAT_RGB_COLORMAP; }

#endif
