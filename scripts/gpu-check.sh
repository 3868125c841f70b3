#!/usr/bin/env bash
# For a machine with a GPU, which needs no network: the tests of the GPU path, then the GPU rows of the benchmark, which
# writes bench/GPU.md. To be run in a checkout that was installed (`npm ci`) and built (`npm run build:all`).
#
#   scripts/gpu-check.sh cuda                          # Alpaca's 52,002 rows, GPT-2's and LLaMA 2 7B's shapes
#   scripts/gpu-check.sh cuda --shapes gpt2-124m --rows 5000
#   scripts/gpu-check.sh vulkan --shapes tiny --rows 40   # small enough for Mesa's software driver
#
# What does not take long comes first, so that a limit on a machine's time costs as little as it can.
set -euo pipefail
cd "$(dirname "$0")/.."

device=${1:?which device: cuda, vulkan or metal}
shift

if [[ $device == vulkan ]]; then
  # a software driver calls itself a CPU, which llama.cpp leaves out unless it is told which devices to take
  export GGML_VK_VISIBLE_DEVICES=${GGML_VK_VISIBLE_DEVICES:-0}
  export MESA_SHADER_CACHE_DIR=${MESA_SHADER_CACHE_DIR:-$PWD/build/shader-cache}
fi

echo "== what is there"
node dist/cli/main.js doctor
echo "== tests on the GPU"
npx vitest run --config test/vitest.config.ts test/gpu
echo "== the benchmark"
npm run bench:gpu -- --device "$device" "$@"
