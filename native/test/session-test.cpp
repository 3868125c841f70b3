// Sessions on a real llama.cpp and a real student; the tests are those of session-*-test.cpp.
//
//   session_test <directory of llama.cpp's back ends> <model.gguf>

#include "backend.h"
#include "check.h"
#include "llama.h"
#include "model.h"
#include "session-fixture.h"

#include <cstdio>

using namespace scoring;

int main(int argc, char ** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: %s <directory of back ends> <model.gguf>\n", argv[0]);
        return 2;
    }
    init_logging(false);
    llama_backend_init();
    load_best_backend(argv[1]);

    model_options options;
    options.path  = argv[2];
    options.widen = true;
    student = model::load(options);

    const int status = check::run_all();
    student.reset();
    llama_backend_free();
    return status;
}
