package issuer

import "time"

// SetClock makes the issuer take the time from a test.
func (i *Issuer) SetClock(now func() time.Time) { i.now = now }
