//! Events as JSON, in the shape that Sentry's clients send and its pages offer for download: their exceptions.

use super::{app, name, push, raised};
use schema::trace::{Frame, Language, Raised, RaisedAs, Trace};
use serde_json::Value;

/// The trace of an event; `None` for what is no JSON object with exceptions.
pub(super) fn parse(text: &str) -> Option<Trace> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if !text.starts_with('{') || !text.contains("\"exception\"") && !text.contains("\"sentry.interfaces.Exception\"") {
        return None;
    }
    let event: Value = serde_json::from_str(text).ok()?;
    let exception = event.get("exception").or_else(|| event.get("sentry.interfaces.Exception"))?;
    let values = match exception {
        Value::Array(values) => values.as_slice(),
        Value::Object(one) => one.get("values").and_then(Value::as_array).map_or(std::slice::from_ref(exception), Vec::as_slice),
        _ => return None,
    };
    let platform = string(&event, "platform");
    let language = language(&platform);
    // The innermost cause comes first there, and each one's outermost call.
    let mut all: Vec<Raised> = values.iter().rev().filter(|value| value.is_object()).map(|value| one(language, value)).collect();
    for (at, one) in all.iter_mut().enumerate() {
        one.relation = if at == 0 { RaisedAs::Raised } else { RaisedAs::Cause };
    }
    (!all.is_empty()).then_some(Trace { language, raised: all, cut: false })
}

fn one(language: Language, value: &Value) -> Raised {
    let message = match value.get("value") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    };
    let kind = string(value, "type");
    let kind = if language == Language::Java {
        let module = string(value, "module");
        if module.is_empty() { kind } else { format!("{module}.{kind}") }
    } else {
        kind
    };
    let mut one = raised(RaisedAs::Raised, &kind, &message);
    let frames = value.get("stacktrace").and_then(|stack| stack.get("frames")).and_then(Value::as_array);
    for value in frames.into_iter().flatten().rev().filter(|frame| frame.is_object()) {
        push(&mut one, frame(language, value));
    }
    one
}

fn frame(language: Language, value: &Value) -> Frame {
    let text = |name: &str| Some(string(value, name)).filter(|text| !text.is_empty());
    let function = text("function").or_else(|| text("raw_function")).unwrap_or_default();
    let function = match language {
        Language::Rust => name::rust(&function),
        Language::Java => name::java(&function).into_owned(),
        Language::Cpp => name::cpp(&function),
        _ => function,
    };
    let function = if function == "?" || function == "<unknown>" { String::new() } else { function };
    let module = text("module")
        .or_else(|| text("package"))
        .map(|module| if language == Language::Java { name::java(&module).into_owned() } else { module });
    let file = text("filename").or_else(|| text("abs_path"));
    let line = value.get("lineno").and_then(Value::as_u64).and_then(|line| u32::try_from(line).ok());
    let mut frame = Frame { function, module, file, line, in_app: false };
    app::mark(language, &mut frame);
    // Who sent it knows better, where they say no; a yes is often only a default.
    if value.get("in_app") == Some(&Value::Bool(false)) {
        frame.in_app = false;
    }
    frame
}

fn language(platform: &str) -> Language {
    match platform {
        "python" => Language::Python,
        "java" | "kotlin" => Language::Java,
        "javascript" | "node" => Language::JavaScript,
        "go" => Language::Go,
        "rust" => Language::Rust,
        "native" | "c" | "cpp" | "cocoa" => Language::Cpp,
        _ => Language::Other,
    }
}

fn string(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}
