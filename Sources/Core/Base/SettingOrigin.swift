/// Where the value of a setting was found.
public enum SettingOrigin: Sendable, Hashable {
  case flag, variable, configuration
}
