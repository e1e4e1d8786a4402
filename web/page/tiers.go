package page

// Tiers is the rule by which clients get a tier: GET and POST /tiers.
type Tiers struct {
	Base
	Version string
	On      bool
	Form    TiersForm
	TheirOn *Theirs
	Since   string // who set it, and when
	Preview *TierPreview
	Job     *Job // counts, or has the clients follow; nil: nothing goes on
}

// TiersForm holds the fields a_kw, b_kw, a_sites, b_sites; the checkbox on, and
// the buttons' action: preview or save.
type TiersForm struct{ AKW, BKW, ASites, BSites Field }

// TierPreview says what the rule as it is typed would do.
type TierPreview struct {
	Stats []Stat
	Rows  []TierRow
}

// TierRow is how many clients a tier has and would have.
type TierRow struct{ Tier, Now, Then string }
