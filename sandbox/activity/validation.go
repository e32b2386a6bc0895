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

// Files returns the files of visible transfers, those of the least position
// first, at most limit. With a validator it returns only complete files that no
// validator has taken, and assigns them to it.
func (j *Journal) Files(visible func(owner string) bool, after uint64, limit int, validator string) ([]TransferredFile, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	found := []TransferredFile{}
	for _, e := range j.log.After(after) {
		r, err := j.get(e.ID)
		if err != nil || !visible(r.Owner) {
			continue
		}
		taken := 0
		for _, f := range r.Transfer.Files {
			if len(found) == limit {
				break
			}
			v, known := r.Validations[f.ID]
			if validator != "" {
				if known || f.Status != Completed {
					continue
				}
				v = Validation{Validator: validator, Status: Validating}
				r.validate(f.ID, v)
				taken++
			} else if !known {
				v.Status = fileStatus(f.Status)
			}
			found = append(found, TransferredFile{File: f, Position: e.Position, TransferID: r.Transfer.ID, Validation: v})
		}
		if taken > 0 {
			if err := j.replace(r); err != nil {
				return nil, err
			}
		}
	}
	return found, nil
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
