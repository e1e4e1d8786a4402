package page

// Money ranks installations by what another contract would save: GET /money.
type Money struct {
	Base
	Rows  []MoneyRow
	More  *More
	Empty Empty
}

// MoneyRow is one installation.
type MoneyRow struct {
	Place  Link
	Client Link
	From   string // "Verde 500 kW"
	To     string
	Reason string
	On     string // "a partir de 22/02/2027"
	Saving string // R$ a year
}
