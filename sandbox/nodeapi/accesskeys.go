package nodeapi

import (
	"net/http"

	"github.com/ascli-go/ascli/sandbox/world"
)

// key returns the access key id in the path of the request; "self" is that of
// the caller (node.md S4).
func (x *exchange) key() string { return x.PathValue("key") }

func listKeys(x *exchange) error {
	return x.json(http.StatusOK, x.node.World.AccessKeys(x.caller))
}

func createKey(x *exchange) error {
	var settings world.KeySettings
	if err := x.decode(&settings); err != nil {
		return err
	}
	key, err := x.node.World.CreateAccessKey(x.caller, settings)
	if err != nil {
		return err
	}
	return x.json(http.StatusOK, key)
}

func showKey(x *exchange) error {
	key, err := x.node.World.AccessKey(x.caller, x.key())
	if err != nil {
		return err
	}
	return x.json(http.StatusOK, key)
}

// showSelf is the one call on access keys that a bearer may make.
func showSelf(x *exchange) error {
	key, err := x.node.World.AccessKey(x.caller, "self")
	if err != nil {
		return err
	}
	return x.json(http.StatusOK, key)
}

func modifyKey(x *exchange) error {
	var settings world.KeySettings
	if err := x.decode(&settings); err != nil {
		return err
	}
	if err := x.node.World.ModifyAccessKey(x.caller, x.key(), settings); err != nil {
		return err
	}
	return x.noContent()
}

func deleteKey(x *exchange) error {
	if err := x.node.World.DeleteAccessKey(x.caller, x.key()); err != nil {
		return err
	}
	return x.noContent()
}
