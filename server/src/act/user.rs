//! People: accounts, profiles, registration, the first start.
