// SPDX-License-Identifier: BSD-3-Clause
//! Finds libgunyah-ffi: in the folder that GUNYAH_LIB_DIR names, or where pkg-config knows it.

use std::env;
use std::path::Path;
use std::process::{exit, Command};

const NAME: &str = "gunyah-ffi";

fn main() {
    for variable in ["GUNYAH_LIB_DIR", "GUNYAH_LIBS", "PKG_CONFIG", "PKG_CONFIG_PATH"] {
        println!("cargo:rerun-if-env-changed={variable}");
    }
    let is_static = env::var_os("CARGO_FEATURE_STATIC").is_some();
    match env::var("GUNYAH_LIB_DIR") {
        Ok(folder) => link_from(&folder, is_static),
        Err(_) => link_by_pkg_config(is_static),
    }
}

/// A folder that was named: of an installation, or of a build that was not installed.
fn link_from(folder: &str, is_static: bool) {
    let file = format!("lib{NAME}.{}", if is_static { "a" } else { "so" });
    if !Path::new(folder).join(&file).exists() {
        give_up(&format!("GUNYAH_LIB_DIR is {folder}, and there is no {file}."));
    }
    println!("cargo:rustc-link-search=native={folder}");
    println!("cargo:rerun-if-changed={folder}/{file}");
    if !is_static {
        println!("cargo:rustc-link-lib=dylib={NAME}");
        return;
    }
    println!("cargo:rustc-link-lib=static={NAME}");
    // What the library was built with; its .pc file says it, and nobody looked there.
    for library in env::var("GUNYAH_LIBS").unwrap_or_else(|_| "fdt z".into()).split_whitespace() {
        println!("cargo:rustc-link-lib=dylib={library}");
    }
}

fn link_by_pkg_config(is_static: bool) {
    let program = env::var("PKG_CONFIG").unwrap_or_else(|_| "pkg-config".into());
    let mut command = Command::new(&program);
    command.arg("--libs");
    if is_static {
        command.arg("--static");
    }
    let output = match command.arg(NAME).output() {
        Ok(output) => output,
        Err(error) => give_up(&format!("{program} cannot be run ({error}), and GUNYAH_LIB_DIR is not set.")),
    };
    if !output.status.success() {
        give_up(String::from_utf8_lossy(&output.stderr).trim());
    }
    for word in String::from_utf8_lossy(&output.stdout).split_whitespace() {
        link_word(word, is_static);
    }
}

/// One word of what pkg-config says; what is neither a folder nor a library is for C programs.
fn link_word(word: &str, is_static: bool) {
    if let Some(folder) = word.strip_prefix("-L") {
        println!("cargo:rustc-link-search=native={folder}");
    } else if let Some(library) = word.strip_prefix("-l") {
        let kind = if is_static && library == NAME { "static" } else { "dylib" };
        println!("cargo:rustc-link-lib={kind}={library}");
    }
}

fn give_up(reason: &str) -> ! {
    eprintln!("gunyah-sys: the library lib{NAME} was not found.");
    eprintln!("{reason}");
    eprintln!("Install libgunyah (cmake --preset release && cmake --build --preset release && cmake --install build/release),");
    eprintln!("and set PKG_CONFIG_PATH to the folder of {NAME}.pc if that is not where pkg-config looks;");
    eprintln!("or set GUNYAH_LIB_DIR to the folder of the library itself.");
    exit(1);
}
