//! The WASM part: cargo builds it, wasm-bindgen (as a library of the very version the crate uses) binds it, wasm-opt of npm makes it smaller where it is there.

use crate::bundle::Files;
use crate::stop::Folder;
use crate::{paths, run, tools};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use wasm_bindgen_cli_support::Bindgen;

const TARGET: &str = "wasm32-unknown-unknown";
/// The version of the npm package `binaryen`, which holds wasm-opt.
const BINARYEN: &str = "132.0.0";
/// What rustc and wasm-bindgen use, and every browser of the last years knows.
const FEATURES: [&str; 6] = ["bulk-memory", "reference-types", "nontrapping-float-to-int", "sign-ext", "mutable-globals", "multivalue"];

/// How the browser part is built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Quick to build, large.
    Quick,
    /// As released: small.
    Small,
}

/// Builds the crate `web` for the browser and returns the path of the unbound module; `None` (after one line that says so) when the target is not there.
///
/// # Errors
/// When it does not compile.
pub fn build(kind: Kind) -> Result<Option<PathBuf>> {
    if let Err(error) = ensure_target() {
        eprintln!("no browser part, pages work without it: {error:#}");
        return Ok(None);
    }
    let (profile, folder) = match kind {
        Kind::Quick => ("dev", "debug"),
        Kind::Small => ("wasm", "wasm"),
    };
    let args = ["build", "-p", "web", "--lib", "--no-default-features", "--features", "hydrate", "--target", TARGET, "--profile", profile];
    run::show(&mut run::cargo(&args)).context("building the browser part")?;
    Ok(Some(paths::target().join(TARGET).join(folder).join("web.wasm")))
}

fn ensure_target() -> Result<()> {
    let sysroot = run::output(Command::new("rustc").current_dir(paths::root()).args(["--print", "sysroot"]))?;
    if Path::new(&sysroot).join("lib/rustlib").join(TARGET).join("lib").is_dir() {
        return Ok(());
    }
    run::show(Command::new("rustup").current_dir(paths::root()).args(["target", "add", TARGET]))
        .with_context(|| format!("rustup target add {TARGET}"))
}

/// Binds the module: `web.js`, `web_bg.wasm` and, when a crate brings some, `snippets/…`.
///
/// # Errors
/// When wasm-bindgen refuses the module.
pub fn bind(module: &Path, kind: Kind) -> Result<Files> {
    let folder = Folder::new("deltaboard-web-")?;
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).out_name("web").web(true)?.typescript(false);
    bindgen.remove_name_section(kind == Kind::Small).remove_producers_section(true);
    bindgen.generate(folder.path()).context("wasm-bindgen")?;
    if kind == Kind::Small {
        optimise(&folder.path().join("web_bg.wasm"));
    }
    crate::bundle::read(folder.path())
}

/// Makes the file smaller in place; leaves it as it is when wasm-opt cannot be had.
fn optimise(file: &Path) {
    let Some(program) = wasm_opt() else { return };
    let smaller = file.with_extension("opt");
    let mut command = Command::new(program);
    command.arg("-Oz").args(FEATURES.map(|feature| format!("--enable-{feature}"))).arg(file).arg("-o").arg(&smaller);
    match run::output(&mut command).and_then(|_| Ok(std::fs::rename(&smaller, file)?)) {
        Ok(()) => {}
        Err(error) => eprintln!("the browser part stays larger than it could be: {error:#}"),
    }
}

/// wasm-opt of the pinned version, installed once below the target folder.
fn wasm_opt() -> Option<PathBuf> {
    let folder = paths::target().join(format!("tools/binaryen-{BINARYEN}"));
    let program = folder.join("node_modules/.bin/wasm-opt");
    if !tools::executable(&program) {
        let npm = tools::which("npm")?;
        std::fs::create_dir_all(&folder).ok()?;
        let mut install = Command::new(npm);
        install.arg("install").arg("--prefix").arg(&folder).arg(format!("binaryen@{BINARYEN}"));
        install.args(["--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=0", "--fetch-timeout=60000"]);
        install.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().ok()?;
    }
    tools::executable(&program).then_some(program)
}
