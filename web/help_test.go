package web_test

import "cemigmas/crm"

func preferences(lang string) crm.Preferences { return crm.Preferences{Lang: lang} }
