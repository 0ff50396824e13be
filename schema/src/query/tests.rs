mod errors;
mod matching;
mod reading;
mod roundtrip;
