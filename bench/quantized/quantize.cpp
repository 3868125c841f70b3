// quantize <in.gguf> <out.gguf> <type>: llama.cpp's own quantizer, on the libraries that the engine runs on.
#include <cstdio>
#include <cstring>

#include "llama.h"

namespace {

struct NamedType {
  const char * name;
  llama_ftype type;
};

constexpr NamedType kTypes[] = {
  {"F16", LLAMA_FTYPE_MOSTLY_F16},
  {"BF16", LLAMA_FTYPE_MOSTLY_BF16},
  {"Q8_0", LLAMA_FTYPE_MOSTLY_Q8_0},
  {"Q6_K", LLAMA_FTYPE_MOSTLY_Q6_K},
  {"Q5_K_M", LLAMA_FTYPE_MOSTLY_Q5_K_M},
  {"Q4_K_M", LLAMA_FTYPE_MOSTLY_Q4_K_M},
  {"Q4_0", LLAMA_FTYPE_MOSTLY_Q4_0},
};

}  // namespace

int main(int argc, char ** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: quantize <in.gguf> <out.gguf> <type>\n");
    return 2;
  }
  for (const NamedType & named : kTypes) {
    if (std::strcmp(named.name, argv[3]) != 0) continue;
    llama_backend_init();
    llama_model_quantize_params params = llama_model_quantize_default_params();
    params.ftype = named.type;
    return llama_model_quantize(argv[1], argv[2], &params) == 0 ? 0 : 1;
  }
  std::fprintf(stderr, "unknown type %s\n", argv[3]);
  return 2;
}
