//go:build unix && !darwin

package vault

import secretservice "github.com/zalando/go-keyring/secret_service"

// keyringLabels returns the labels of a keyring: the users of all items of its
// service (the Secret Service API of freedesktop.org, version 0.2, "Lookup
// attributes"). The keyring library has no call for that.
func keyringLabels(name string) ([]string, error) {
	service, err := secretservice.NewSecretService()
	if err != nil {
		return nil, err
	}
	collection := service.GetLoginCollection()
	if err := service.Unlock(collection.Path()); err != nil {
		return nil, err
	}
	items, err := service.SearchItems(collection, map[string]string{"service": name})
	if err != nil {
		return nil, err
	}
	labels := make([]string, 0, len(items))
	for _, item := range items {
		property, err := service.Object("org.freedesktop.secrets", item).GetProperty("org.freedesktop.Secret.Item.Attributes")
		if err != nil {
			return nil, err
		}
		var attributes map[string]string
		if err := property.Store(&attributes); err != nil {
			return nil, err
		}
		labels = append(labels, attributes["username"])
	}
	return labels, nil
}
