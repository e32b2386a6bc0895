package activity

import (
	"errors"
	"fmt"
	"maps"
)

// Validation is what became of the inspection of a complete file by a program
// outside, a validator (node.md 12.4).
type Validation struct {
	Validator string `json:"validator"`
	Status    Status `json:"status"`
	Error     string `json:"error,omitempty"`
}

// States of a file in the eyes of validators, besides [Running] and [Completed].
const (
	Validating Status = "validating"
	Erroneous  Status = "error"
)

// ErrTaken: another validator has the file, or nobody.
var ErrTaken = errors.New("the file is not assigned to this validator")

// ErrVerdict: the status is none that a validator can give.
var ErrVerdict = errors.New("status is not validating, completed or error")

// TransferredFile is a file with the state of its validation.
type TransferredFile struct {
	File       File
	Position   uint64 // of its transfer
	TransferID string
	Validation Validation
}

// FileQuery selects files for a list.
type FileQuery struct {
	// Visible tells whether the asker may see the transfers of an owner.
	Visible   func(owner string) bool
	After     uint64 // position of transfers
	Most      int
	SessionID string // "" for all
	// Validator, if not empty, takes the files: only complete ones that no
	// validator has are returned, and are assigned to it.
	Validator string
}

// Files returns files of transfers, those of the least position first.
func (j *Journal) Files(q FileQuery) ([]TransferredFile, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	found := []TransferredFile{}
	for _, e := range j.log.After(q.After) {
		r, err := j.get(e.ID)
		if err != nil || !q.Visible(r.Owner) {
			continue
		}
		before := len(found)
		found = q.take(&r, e.Position, found)
		if q.Validator != "" && len(found) > before {
			if err := j.replace(r); err != nil {
				return nil, err
			}
		}
	}
	return found, nil
}

// take appends the files of a transfer that are asked for.
func (q FileQuery) take(r *Record, position uint64, found []TransferredFile) []TransferredFile {
	for _, f := range r.Transfer.Files {
		v, known := r.Validations[f.ID]
		switch {
		case len(found) == q.Most:
			return found
		case q.SessionID != "" && q.SessionID != f.SessionID,
			q.Validator != "" && (known || f.Status != Completed):
			continue
		case q.Validator != "":
			v = Validation{Validator: q.Validator, Status: Validating}
			r.validate(f.ID, v)
		case !known:
			v.Status = fileStatus(f.Status)
		}
		found = append(found, TransferredFile{File: f, Position: position, TransferID: r.Transfer.ID, Validation: v})
	}
	return found
}

// Judge takes the verdict of a validator on a file that it was assigned.
func (j *Journal) Judge(visible func(owner string) bool, sessionID, fileID string, v Validation) error {
	if v.Status != Validating && v.Status != Completed && v.Status != Erroneous {
		return fmt.Errorf("%w: %q", ErrVerdict, v.Status)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, e := range j.log.After(0) {
		r, err := j.get(e.ID)
		if err != nil || !visible(r.Owner) {
			continue
		}
		for _, f := range r.Transfer.Files {
			if f.ID != fileID || f.SessionID != sessionID {
				continue
			}
			if held := r.Validations[fileID]; held.Validator == "" || held.Validator != v.Validator {
				return fmt.Errorf("%w: file %s", ErrTaken, fileID)
			}
			r.validate(fileID, v)
			return j.replace(r)
		}
	}
	return fmt.Errorf("%w: file %s of session %s", ErrUnknown, fileID, sessionID)
}

func (r *Record) validate(fileID string, v Validation) {
	validations := maps.Clone(r.Validations)
	if validations == nil {
		validations = map[string]Validation{}
	}
	validations[fileID] = v
	r.Validations = validations
}

// replace stores a record with other validations. The lock must be held.
func (j *Journal) replace(r Record) error {
	if _, err := j.log.Put(r.Transfer.ID, r); err != nil {
		return err
	}
	if l := j.live[r.Transfer.ID]; l != nil {
		l.record.Validations = r.Validations
	}
	return nil
}

// fileStatus is the state of a file that no validator has taken.
func fileStatus(s Status) Status {
	switch s {
	case Transferring:
		return Running
	case Completed:
		return Completed
	}
	return Erroneous
}
