# One build configuration serves the demo and the tests.
FLAGS   := -c release --static-swift-stdlib
NSENTRY := .build/release/nsentry
SECONDS ?= 60

.PHONY: build demo test hostile check pages bench fuzz fuzz-hostile fuzz-parsers clean packages

build:
	swift build $(FLAGS)

packages:
	@Scripts/packages

demo: packages build
	@Scripts/demo

# The model's tests are a debug build: the toolchain has no static Testing library.
test: packages build
	swift test
	Tests/Conformance/run
	Tests/Conformance/run --unprivileged --rules
	Tests/Fuzz/run --golden
	Tests/Fuzz/run --golden --topic mounts
	Tests/Programs/run
	Tests/HostLayer/clock-image-run
	Tests/Limits/run
	Tests/Hostile/run
	Tests/Hostile/second-wall.sh
	Tests/Hostile/leftovers.sh

# Programs that try to break out; each must change nothing on the host. SECONDS does not count here: --long does.
hostile: packages build
	Tests/Hostile/run
	Tests/Hostile/run --without-wall second
	Tests/Hostile/run --without-wall first
	Tests/Hostile/second-wall.sh
	Tests/Hostile/leftovers.sh

check: build
	swift format lint --strict --recursive --parallel Package.swift Sources Tests
	@Scripts/check

# Rewrites generated pages and lowers the ratchets.
pages: build
	@Scripts/check --update

bench: packages build
	NSENTRY_BENCHMARKS=1 swift package --scratch-path .build/benchmarks --allow-writing-to-package-directory benchmark
	Benchmarks/whole-calls/run.sh
	Benchmarks/off-lock/run.sh
	Benchmarks/mounts/run.sh

fuzz: packages build
	Tests/Fuzz/run --seconds $(SECONDS)
	Tests/Fuzz/run --seconds $(SECONDS) --topic mounts

# Random calls with hostile memory and many tasks against the release build.
fuzz-hostile: packages build fuzz-parsers
	Tests/Fuzz/hostile/run --seconds $(SECONDS)

# libFuzzer on what reads a guest's bytes, in a build of its own that knows what it covers.
fuzz-parsers: packages
	NSENTRY_FUZZERS=1 swift build -c release --scratch-path .build/fuzzers --product ParserFuzzer
	Tests/Fuzz/parsers/run --seconds $(SECONDS)

clean:
	rm -rf .build Fixtures/build
