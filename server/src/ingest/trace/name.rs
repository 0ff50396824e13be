//! Names of functions, freed of what differs from build to build.

use super::pattern;
use regex::Regex;
use std::{borrow::Cow, sync::LazyLock};

/// Longest symbol that is demangled, in bytes: a short one may stand for an endless name.
const SYMBOL: usize = 2_000;

/// What compilers append: `::h0123456789abcdef`, `[0123456789abcdef]`.
static RUST_HASH: LazyLock<Regex> = LazyLock::new(|| pattern(r"::h[0-9a-f]{16}\b|\[[0-9a-f]{8,16}\]"));
/// Closures of the newer names: `{closure#1}`.
static RUST_CLOSURE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\{+(closure|impl|shim|constant)(?:#\d+|:[^{}]{0,60})?\}+"));
/// Copies of a function that an optimiser made, versions of symbols, inline namespaces of the standard libraries.
static CPP_COPY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?: \[clone [^\]]{0,80}\])+|\.(?:isra|constprop|part|cold|lto_priv|llvm)(?:\.\d+)?|@@?[A-Z]+_[0-9.]+|@plt\b|(?:__1|__cxx11|__ndk1|_V2)::",
    )
});
/// The numbers that Java's compiler gives lambdas, proxies and anonymous classes.
static JAVA_NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(\$\$Lambda|\$\$[A-Za-z]*(?:CGLIB|ByteBuddy|Javassist)\$\$|lambda\$[A-Za-z0-9_]+\$|GeneratedMethodAccessor|GeneratedConstructorAccessor|\$Proxy|\$)(?:\$?[0-9]+(?:/0x[0-9a-f]+|/[0-9]+)?|[0-9a-f]{6,16})(?:\.|\b)?",
    )
});

/// A Rust path without hashes, the arguments of generics and the numbers of closures.
pub(super) fn rust(name: &str) -> String {
    let demangled;
    let mut name = name.trim();
    if name.len() <= SYMBOL && (name.starts_with("_ZN") || name.starts_with("_R")) {
        demangled = format!("{:#}", rustc_demangle::demangle(name));
        name = &demangled[..floor(&demangled, SYMBOL)];
    }
    let name = RUST_HASH.replace_all(name, "");
    let name = RUST_CLOSURE.replace_all(&name, "{{$1}}");
    // Of `<T as Trait>::f` type and trait stay; of `f::<T>` and `Vec<T>` the arguments go.
    let mut out = String::with_capacity(name.len());
    let (mut skipped, mut depth, mut last) = (Vec::new(), 0usize, ' ');
    for (at, c) in name.char_indices() {
        match c {
            '<' => {
                let arguments = last.is_alphanumeric() || last == '_' || (last == ':' && !name[at..].starts_with("<impl "));
                if arguments && depth == 0 && last == ':' {
                    out.truncate(out.trim_end_matches(':').len());
                }
                skipped.push(arguments);
                depth += usize::from(arguments);
                if depth == 0 {
                    out.push(c);
                }
            }
            '>' if last != '-' => {
                if depth == 0 {
                    out.push(c);
                }
                depth -= usize::from(skipped.pop() == Some(true));
            }
            _ if depth == 0 => out.push(c),
            _ => {}
        }
        last = c;
    }
    out
}

/// A C or C++ function without arguments, template arguments, what it returns and the marks of copies.
pub(super) fn cpp(name: &str) -> String {
    let name = name.trim();
    let demangled = (name.starts_with("_Z") && name.len() <= SYMBOL)
        .then(|| cpp_demangle::Symbol::new(name.split(['+', ' ', '@', '.']).next().unwrap_or(name)).ok())
        .flatten()
        .and_then(|symbol| symbol.demangle().ok())
        .filter(|name| name.len() <= 20 * SYMBOL);
    let name = demangled.as_deref().unwrap_or(name);
    let name = CPP_COPY.replace_all(name, "");
    let mut out = String::with_capacity(name.len());
    let (mut angle, mut round) = (0usize, 0usize);
    let mut rest: &str = &name;
    while let Some(c) = rest.chars().next() {
        let operator = angle == 0 && round == 0 && out.ends_with("operator");
        let whole =
            ["(anonymous namespace)", "<lambda", "<unnamed", "<null>", "{lambda", "<unknown"].iter().find(|word| rest.starts_with(**word));
        if operator
            && let Some(sign) =
                ["()", "<=>", "<<=", ">>=", "->*", "<<", ">>", "<=", ">=", "->", "<", ">"].iter().find(|s| rest.starts_with(**s))
        {
            out.push_str(sign);
            rest = &rest[sign.len()..];
            continue;
        }
        if let Some(word) = whole
            && angle == 0
            && round == 0
        {
            // The words without the numbers and arguments after them.
            let (shown, close) = if word.starts_with('(') {
                ("(anonymous namespace)", None)
            } else if word.starts_with('{') {
                ("{lambda}", Some('}'))
            } else {
                (*word, Some('>'))
            };
            let shown = if *word == "<null>" || close == Some('}') || close.is_none() { shown.to_owned() } else { format!("{shown}>") };
            out.push_str(&shown);
            let skip = close.map_or(word.len(), |close| closing(rest, close));
            rest = &rest[skip..];
            continue;
        }
        match c {
            '<' => angle += 1,
            '>' => angle = angle.saturating_sub(1),
            '(' if angle == 0 => round += 1,
            ')' if angle == 0 => round = round.saturating_sub(1),
            _ if angle == 0 && round == 0 => out.push(c),
            _ => {}
        }
        rest = &rest[c.len_utf8()..];
    }
    let out = out.trim().trim_end_matches(" const").trim();
    // A template's name comes with what it returns before it; operators are named with a blank.
    match out.find("operator ") {
        Some(at) => out[out[..at].rfind(' ').map_or(0, |at| at + 1)..].to_owned(),
        None if out.contains("(anonymous namespace)") => {
            out.rsplit_once(' ').map_or(out, |(before, name)| if before.ends_with("(anonymous") { out } else { name }).to_owned()
        }
        None => out.rsplit(' ').find(|part| !part.is_empty()).unwrap_or(out).to_owned(),
    }
}

/// Where the bracket opened at the start of a text closes, brackets within it counted; its end where it does not.
fn closing(text: &str, close: char) -> usize {
    let open = if close == '>' { '<' } else { '{' };
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        if c == open {
            depth += 1;
        } else if c == close {
            depth -= 1;
            if depth == 0 {
                return at + c.len_utf8();
            }
        }
    }
    text.len()
}

/// A Java class or method without the numbers of lambdas, proxies and anonymous classes.
pub(super) fn java(name: &str) -> Cow<'_, str> {
    JAVA_NUMBER.replace_all(name, |found: &regex::Captures<'_>| {
        let end = if found[0].ends_with('.') { "." } else { "" };
        format!("{}{end}", found[1].trim_end_matches('$'))
    })
}

/// The largest place not after `at` where `text` may be cut.
fn floor(text: &str, at: usize) -> usize {
    let mut end = text.len().min(at);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rust_names_lose_hashes_and_generics() {
        for (from, to) in [
            ("ledger::transfer::h0123456789abcdef", "ledger::transfer"),
            ("std[e28293b1aa0f68bd]::backtrace::trace::<std[e28293b1aa0f68bd]::fmt::{closure#1}>", "std::backtrace::trace"),
            ("<alloc::vec::Vec<T,A> as core::ops::index::Index<I>>::index", "<alloc::vec::Vec as core::ops::index::Index>::index"),
            (
                "core::slice::index::<impl core::ops::index::Index<I> for [T]>::index",
                "core::slice::index::<impl core::ops::index::Index for [T]>::index",
            ),
            ("ledger::main::{{closure}}", "ledger::main::{{closure}}"),
            ("ledger::main::{closure#0}", "ledger::main::{{closure}}"),
            ("_ZN6ledger8transfer17h0123456789abcdefE", "ledger::transfer"),
            ("core::result::Result<T,E>::unwrap", "core::result::Result::unwrap"),
            ("<ledger::Book as core::ops::Drop>::drop", "<ledger::Book as core::ops::Drop>::drop"),
            ("<F as ops::FnOnce() -> u8>::call", "<F as ops::FnOnce() -> u8>::call"),
        ] {
            assert_eq!(rust(from), to, "{from}");
        }
    }

    #[test]
    fn cpp_names_lose_arguments_and_what_they_return() {
        for (from, to) in [
            ("read_after_free", "read_after_free"),
            ("operator delete(void*, unsigned long)", "operator delete"),
            ("std::__1::vector<int, std::allocator<int> >::at(unsigned long) const", "std::vector::at"),
            ("void shop::add<int>(int)", "shop::add"),
            ("shop::(anonymous namespace)::pack(int)", "shop::(anonymous namespace)::pack"),
            ("shop::Box::operator<<(int)", "shop::Box::operator<<"),
            ("shop::Box::operator()(int) const", "shop::Box::operator()"),
            ("shop::run(int)::{lambda(int)#2}::operator()(int) const", "shop::run::{lambda}::operator()"),
            ("_ZN4shop3addIiEEvT_", "shop::add"),
            ("pack.isra.0", "pack"),
            ("pack.cold", "pack"),
            ("raise@@GLIBC_2.2.5", "raise"),
            ("<null>", "<null>"),
        ] {
            assert_eq!(cpp(from), to, "{from}");
        }
    }

    #[test]
    fn java_names_lose_their_numbers() {
        for (from, to) in [
            ("shop.Main.lambda$main$0", "shop.Main.lambda$main"),
            ("shop.Main$$Lambda$14/0x00000008000c.run", "shop.Main$$Lambda.run"),
            ("shop.Cart$1.run", "shop.Cart.run"),
            ("shop.Cart$Item.run", "shop.Cart$Item.run"),
            ("jdk.internal.reflect.GeneratedMethodAccessor12.invoke", "jdk.internal.reflect.GeneratedMethodAccessor.invoke"),
            ("com.sun.proxy.$Proxy42.send", "com.sun.proxy.$Proxy.send"),
        ] {
            assert_eq!(java(from), to, "{from}");
        }
    }
}
