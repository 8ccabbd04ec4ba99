// LAPACK's complex routines that Swift calls, since OpenBLAS ships them without a header.
#ifndef COPENBLAS_SHIM_H
#define COPENBLAS_SHIM_H

#include <cblas.h>

// Eigenvalues (ascending) and, with jobz "V", eigenvectors (columns, in `a`) of a Hermitian matrix.
void cheevd_(const char *jobz, const char *uplo, const int *n, void *a, const int *lda, float *w, void *work,
             const int *lwork, float *rwork, const int *lrwork, int *iwork, const int *liwork, int *info);

// The same in double precision.
void zheevd_(const char *jobz, const char *uplo, const int *n, void *a, const int *lda, double *w, void *work,
             const int *lwork, double *rwork, const int *lrwork, int *iwork, const int *liwork, int *info);

#endif
