//! What users do, as data that can be drawn at random, printed and run again.

use super::rules::{Class, USERS};
use super::support::dice::Dice;

/// An operation. Handles are numbers that the model maps to handles that were given.
#[derive(Clone, Debug)]
pub enum Operation {
    LogIn {
        user_type: &'static str,
        name: &'static str,
        password: &'static str,
    },
    LogOut,
    ListUsers,
    /// A pair on P-256, or on P-192, which FIPS mode refuses.
    GeneratePair {
        weak: bool,
        options: Options,
    },
    /// An AES key, or an RC4 key, which FIPS mode refuses.
    GenerateSecret {
        rc4: bool,
        options: Options,
    },
    Find(Filter),
    FindSingle(u64),
    KeyInfo(u64),
    /// Reads the attribute TOKEN.
    Token(u64),
    Delete(u64),
    SetToken(u64, bool),
    Sign(u64),
    ExportPublic(u64),
    Export(u64),
    ExtractMasked(u64),
    InsertMasked(u64),
}

/// What a new key is to be.
#[derive(Clone, Debug)]
pub struct Options {
    pub label: u8,
    /// 0 is no id.
    pub id: u8,
    pub session: bool,
    pub extractable: bool,
    pub shared_with: Vec<u16>,
    pub m_value: u8,
}

impl Options {
    /// What a key of this class gets of them.
    pub fn of(&self, class: Class) -> Self {
        let mut options = self.clone();
        if class == Class::Public {
            options.shared_with.clear();
            options.m_value = 0;
        }
        options
    }
}

#[derive(Clone, Debug)]
pub struct Filter {
    pub class: Option<Class>,
    pub session: Option<bool>,
    pub label: Option<u8>,
    pub id: Option<u8>,
    pub shared_with: Option<u16>,
}

/// A login of a crypto user who knows his password.
pub fn draw_login(dice: &mut Dice) -> Operation {
    let (name, user_type, password) = *dice.pick(&USERS[2..]);
    Operation::LogIn { user_type, name, password }
}

/// Any operation; `guesses` has somebody try passwords on one user.
pub fn draw(dice: &mut Dice, guesses: bool) -> Operation {
    let handle = dice.next() >> 16;
    if guesses && dice.one_in(4) {
        let (name, user_type, password) = USERS[4];
        let password = if dice.one_in(4) { password } else { "wrong_pwd" };
        return Operation::LogIn { user_type, name, password };
    }
    match dice.below(40) {
        0..4 => {
            let (name, user_type, password) = *dice.pick(&USERS);
            // Crypto users most of the time, with their own type and password.
            let (name, user_type, password) =
                if dice.one_in(3) { (name, user_type, password) } else { *dice.pick(&USERS[2..]) };
            let user_type =
                if dice.one_in(12) { *dice.pick(&["CU", "CO", "AU"]) } else { user_type };
            let password = if dice.one_in(12) { "wrong_pwd" } else { password };
            Operation::LogIn { user_type, name, password }
        }
        4 => Operation::LogOut,
        5 => Operation::ListUsers,
        6..13 => Operation::GeneratePair { weak: dice.one_in(8), options: options(dice) },
        13..19 => Operation::GenerateSecret { rc4: dice.one_in(8), options: options(dice) },
        19..22 => Operation::Find(filter(dice)),
        22 => Operation::FindSingle(handle),
        23..25 => Operation::KeyInfo(handle),
        25 => Operation::Token(handle),
        26..28 => Operation::Delete(handle),
        28..30 => Operation::SetToken(handle, !dice.one_in(4)),
        30..33 => Operation::Sign(handle),
        33 => Operation::ExportPublic(handle),
        34..36 => Operation::Export(handle),
        36..38 => Operation::ExtractMasked(handle),
        _ => Operation::InsertMasked(handle),
    }
}

fn options(dice: &mut Dice) -> Options {
    let session = dice.one_in(4);
    let mut shared_with = Vec::new();
    // The command line refuses to share session keys; 7 is nobody, 1 and 2 are no crypto users.
    if !session && dice.one_in(2) {
        let most = if dice.one_in(6) { 1..8 } else { 3..7 };
        shared_with = most.filter(|_| dice.one_in(2)).collect();
    }
    let m_value = if !shared_with.is_empty() && dice.one_in(2) {
        2 + dice.below(shared_with.len() as u64) as u8
    } else if dice.one_in(6) {
        dice.below(5) as u8
    } else {
        0
    };
    Options {
        label: dice.below(4) as u8,
        id: if dice.one_in(3) { dice.below(12) as u8 } else { 0 },
        session,
        extractable: !dice.one_in(4),
        shared_with,
        m_value,
    }
}

fn filter(dice: &mut Dice) -> Filter {
    let classes = [Class::Public, Class::Private, Class::Secret];
    Filter {
        class: dice.one_in(4).then(|| *dice.pick(&classes)),
        session: dice.one_in(4).then(|| dice.one_in(2)),
        label: dice.one_in(4).then(|| dice.below(4) as u8),
        id: dice.one_in(6).then(|| dice.below(12) as u8),
        shared_with: dice.one_in(6).then(|| 3 + dice.below(4) as u16),
    }
}
