//! Which frames are the program's own code: not its language's, not a library's.

use schema::trace::{Frame, Language};

/// Directories of every language's installed things.
const FOLDERS: [&str; 13] = [
    "site-packages",
    "dist-packages",
    "node_modules",
    "/.cargo/registry/",
    "/.cargo/git/",
    "/rustc/",
    "/lib/rustlib/",
    "/pkg/mod/",
    "/vendor/",
    "/usr/lib/",
    "/usr/include/",
    "/libsanitizer/",
    "/compiler-rt/",
];
const PYTHON: [&str; 5] = ["/lib/python", "\\lib\\", "<frozen ", "<__array_function__", "/python3."];
const JAVA: [&str; 40] = [
    "java.",
    "javax.",
    "jakarta.",
    "jdk.",
    "sun.",
    "com.sun.",
    "kotlin.",
    "kotlinx.",
    "scala.",
    "groovy.",
    "org.codehaus.groovy.",
    "clojure.",
    "org.springframework.",
    "org.apache.",
    "org.junit.",
    "junit.",
    "org.hibernate.",
    "io.netty.",
    "reactor.",
    "io.reactivex.",
    "rx.",
    "org.eclipse.jetty.",
    "io.undertow.",
    "org.jboss.",
    "io.quarkus.",
    "io.vertx.",
    "akka.",
    "org.testng.",
    "org.mockito.",
    "org.gradle.",
    "android.",
    "androidx.",
    "dalvik.",
    "libcore.",
    "com.android.",
    "com.google.android.",
    "com.google.common.",
    "okhttp3.",
    "retrofit2.",
    "com.fasterxml.",
];
const RUST: [&str; 27] = [
    "std",
    "core",
    "alloc",
    "test",
    "proc_macro",
    "__rustc",
    "__rust_begin_short_backtrace",
    "rust_begin_unwind",
    "backtrace",
    "backtrace_rs",
    "hashbrown",
    "tokio",
    "futures",
    "futures_util",
    "futures_core",
    "hyper",
    "tower",
    "axum",
    "actix_web",
    "actix_rt",
    "rayon",
    "rayon_core",
    "crossbeam",
    "tracing",
    "anyhow",
    "serde",
    "serde_json",
];
/// Functions of the C library and of start-up that stand under a `main` of any compiled language.
const C: [&str; 44] = [
    "_start",
    "__libc_start_main",
    "__libc_start_call_main",
    "__libc_start_main_impl",
    "start_thread",
    "thread_start",
    "clone",
    "clone3",
    "__clone",
    "raise",
    "abort",
    "__GI_raise",
    "__GI_abort",
    "gsignal",
    "__pthread_kill_implementation",
    "__pthread_kill_internal",
    "__pthread_kill",
    "pthread_kill",
    "pthread_create",
    "__assert_fail",
    "__assert_fail_base",
    "__assert_rtn",
    "malloc",
    "free",
    "calloc",
    "realloc",
    "memcpy",
    "memmove",
    "memset",
    "memcmp",
    "strlen",
    "strcpy",
    "strcmp",
    "malloc_printerr",
    "__libc_message",
    "_int_free",
    "_int_malloc",
    "__stack_chk_fail",
    "__fortify_fail",
    "poll",
    "epoll_wait",
    "syscall",
    "<null>",
    "??",
];
const CPP: [&str; 16] = [
    "std::",
    "__gnu_cxx::",
    "__cxxabiv1::",
    "__cxa_",
    "operator new",
    "operator delete",
    "__interceptor_",
    "__asan",
    "__sanitizer",
    "__ubsan",
    "__tsan",
    "__lsan",
    "__msan",
    "__GI_",
    "_Unwind_",
    "_dl_",
];
const CPP_FOLDERS: [&str; 12] = [
    "../sysdeps/",
    "./sysdeps/",
    "../csu/",
    "./csu/",
    "../nptl/",
    "./nptl/",
    "./stdlib/",
    "./malloc/",
    "./string/",
    "./debug/",
    "./assert/",
    "/build/glibc",
];
const CPP_LIBRARIES: [&str; 8] = ["libc.so", "libc-", "libstdc++", "libc++", "libpthread", "ld-linux", "libasan", "libtsan"];
const JAVASCRIPT: [&str; 7] =
    ["node:", "internal/", "chrome-extension:", "moz-extension:", "safari-extension:", "webpack/runtime", "webpack/bootstrap"];

/// Says of a frame whether it is the program's own.
pub(super) fn mark(language: Language, frame: &mut Frame) {
    frame.in_app = is_own(language, frame);
}

fn is_own(language: Language, frame: &Frame) -> bool {
    let file = frame.file.as_deref().unwrap_or_default();
    let slashed;
    let path = if file.contains('\\') {
        slashed = file.replace('\\', "/");
        &slashed
    } else {
        file
    };
    if FOLDERS.iter().any(|folder| path.contains(folder)) {
        return false;
    }
    let function = frame.function.as_str();
    let module = frame.module.as_deref().unwrap_or_default();
    match language {
        Language::Python => {
            let lower = file.to_ascii_lowercase();
            !PYTHON.iter().any(|part| lower.contains(part))
        }
        Language::Java => !JAVA.iter().any(|package| module.starts_with(package)) && !module.starts_with('$'),
        Language::Rust => rust(function) && !C.contains(&function),
        Language::Go => go(function, file),
        Language::Cpp | Language::Other => {
            !C.contains(&function)
                && !CPP.iter().any(|start| function.starts_with(start))
                && !CPP_FOLDERS.iter().any(|folder| path.contains(folder))
                && !CPP_LIBRARIES.iter().any(|library| module.contains(library))
                && !function.is_empty()
        }
        Language::JavaScript => {
            !file.is_empty()
                && file != "<anonymous>"
                && file != "native"
                && !file.contains("[native code]")
                && !JAVASCRIPT.iter().any(|start| file.contains(start))
        }
    }
}

/// A path's first part decides: of `<A as B>::f` the type, and the trait where the type is a language's own.
fn rust(function: &str) -> bool {
    let first = |path: &str| {
        let path = path
            .trim_start_matches(['<', '&', '*', '[', '('])
            .trim_start_matches("mut ")
            .trim_start_matches("dyn ")
            .trim_start_matches("const ");
        path.split("::").next().unwrap_or_default().to_owned()
    };
    let foreign = |path: &str| RUST.contains(&first(path).as_str()) || !path.contains("::");
    match function.strip_prefix('<').and_then(|rest| rest.split_once(" as ")) {
        Some((kind, of)) => !(foreign(kind) && foreign(of)),
        None if function.is_empty() => true,
        // Whatever is Rust's has a crate before it: the linker's `main` is not.
        None => function.contains("::") && !RUST.contains(&first(function).as_str()) && !function.starts_with("__"),
    }
}

/// A package path whose first part has a dot, or `main`, is nobody's standard library.
fn go(function: &str, file: &str) -> bool {
    let first = function.split(['/', '(']).next().unwrap_or_default();
    let package = first.split('.').next().unwrap_or_default();
    if function.contains("/vendor/") || file.contains("/go/src/runtime/") || file.contains("/usr/local/go/") {
        return false;
    }
    // `net/http.f` and `runtime.f` are the standard library's unless their file lies elsewhere than in its sources.
    let standard = (function.contains('/') && !first.contains('.')) || (!function.contains('/') && STANDARD.contains(&package));
    !standard
        || (!file.is_empty()
            && !file.contains("/go/")
            && !file.contains("/go-1")
            && !file.contains("/golang")
            && !STANDARD.contains(&package))
}

/// Packages of Go's standard library that stand in stacks, by their path's first part.
const STANDARD: [&str; 27] = [
    "runtime", "panic", "reflect", "sync", "testing", "net", "os", "io", "bufio", "bytes", "strings", "strconv", "time", "context", "sort",
    "fmt", "encoding", "database", "syscall", "errors", "log", "math", "html", "text", "crypto", "regexp", "internal",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn own(language: Language, function: &str, module: &str, file: &str) -> bool {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        is_own(language, &Frame { function: function.into(), module: some(module), file: some(file), line: None, in_app: false })
    }

    #[test]
    fn what_a_language_brings_is_not_the_programs_own() {
        use Language::{Cpp, Go, Java, JavaScript, Python, Rust};
        for (language, function, module, file) in [
            (Rust, "core::option::Option::unwrap", "", ""),
            (Rust, "<usize as core::slice::SliceIndex>::index", "", ""),
            (Rust, "warp::serve", "", "/home/u/.cargo/registry/src/x/warp.rs"),
            (Python, "run", "", "/usr/lib/python3.11/asyncio/runners.py"),
            (Python, "get", "", "C:\\Python\\Lib\\site-packages\\requests\\api.py"),
            (Java, "run", "java.lang.Thread", "Thread.java"),
            (Go, "runtime.gopanic", "", "/usr/local/go/src/runtime/panic.go"),
            (Go, "net/http.(*conn).serve", "", "/usr/local/go/src/net/http/server.go"),
            (Go, "github.com/x/y.F", "", "/home/u/go/pkg/mod/github.com/x/y@v1/y.go"),
            (Cpp, "__interceptor_free", "", "../../../../src/libsanitizer/asan/a.cpp"),
            (Cpp, "_start", "", ""),
            (JavaScript, "load", "", "node:internal/modules/loader"),
            (JavaScript, "get", "", "/srv/node_modules/x/y.js"),
        ] {
            assert!(!own(language, function, module, file), "{language} {function} {file}");
        }
        for (language, function, module, file) in [
            (Rust, "ledger::main", "", "./src/main.rs"),
            (Rust, "<ledger::Book as core::ops::Drop>::drop", "", ""),
            (Rust, "", "", "src/main.rs"),
            (Python, "load", "", "/srv/shop/cart.py"),
            (Java, "add", "shop.Cart", "Cart.java"),
            (Go, "main.run", "", "/srv/main.go"),
            (Go, "github.com/x/y.F", "", "/home/u/src/y.go"),
            (Cpp, "shop::pack", "", "/src/pack.cc"),
            (JavaScript, "rate", "", "/srv/shop/a.js"),
        ] {
            assert!(own(language, function, module, file), "{language} {function} {file}");
        }
    }
}
