# make demo | test | bench | lint | docs | install. Everything is built once, into .build, with the same flags.
PREFIX ?= /usr/local
PACKAGES := libfftw3-dev libopenblas-dev libhdf5-dev libpng-dev zlib1g-dev libssl-dev libtorch-dev pkg-config \
	python3-venv
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
# Tests need -enable-testing; the program is built with it, too, and `swift test` (whose own flags differ by one) builds
# nothing, so that nothing is built twice.
BUILD := -c release -Xswiftc -enable-testing
PROGRAM := .build/release/cineforge
SOURCES := Package.swift Sources Tests
LIBRARIES := Core Fourier Phantom Scanner Reconstruction Metrics Storage Report Datasets Learning Models Evaluation

.PHONY: demo test build setup bench lint docs install clean

# The demo's folder is replaced only when it is a dataset that this made.
demo: build
	@if [ -e out/demo ] && ! grep -qs '"format": "cineforge.dataset"' out/demo/manifest.json; then \
		echo "out/demo is not a dataset of ours; move it away first" >&2; exit 1; fi
	rm -rf out/demo out/demo-benchmark
	$(PROGRAM) generate datasets/demo.yml --out out/demo
	$(PROGRAM) verify out/demo
	$(PROGRAM) inspect out/demo
	$(PROGRAM) benchmark demo --out out/demo-benchmark
	@echo
	@echo "pictures   out/demo/previews/*.png, and beating: *.apng (any browser)"
	@echo "data       out/demo/patients/*.h5 (HDF5: h5py, MATLAB, Julia, HDFView)"
	@echo "networks   out/demo-benchmark/report.html (any browser), weights in out/demo-benchmark/weights"
	@echo "next       $(PROGRAM) inspect out/demo/patients/p000000.h5"
	@echo "           $(PROGRAM) export out/demo --to nifti --out out/nifti"

# What raw data, weights and reports are read and written with by others.
test: PACKAGES += bart ismrmrd-tools ismrmrd-schema python3-torch chromium
test: build
	swift test $(BUILD) --skip-build
	Tests/Interop/run.sh $(PROGRAM)

build: setup
	swift build $(BUILD) --build-tests

setup:
	@missing=""; for package in $(PACKAGES); do \
		dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then echo "installing$$missing"; \
		$(SUDO) apt-get update -q && $(SUDO) apt-get install -q -y --no-install-recommends $$missing; fi

bench: PACKAGES += python3-torch python3-scipy bart
bench: build
	Benchmarks/run.sh .build/release

lint:
	swift format lint --strict --recursive $(SOURCES)
	@if grep -rnE 'try!|fatalError|TODO|FIXME' Sources; then echo "not in Sources, please" >&2; exit 1; fi

docs: setup
	mkdir -p out
	swift package --allow-writing-to-directory out/docs generate-documentation --output-path out/docs \
		--enable-experimental-combined-documentation $(LIBRARIES:%=--target %)
	@echo "python3 -m http.server -d out/docs shows them at http://localhost:8000/documentation"

install: build
	install -D -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/cineforge
	[ ! -e .build/release/libCineTorch.so ] || \
		install -D -m 755 .build/release/libCineTorch.so $(DESTDIR)$(PREFIX)/lib/libCineTorch.so
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/cineforge/phantoms phantoms/*.yml
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/cineforge/datasets datasets/*.yml
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/cineforge/protocols protocols/*.yml

clean:
	rm -rf .build .venv-interop .venv-bench
