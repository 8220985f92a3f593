import type { ComponentChildren } from "preact";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icon.tsx";

interface ButtonProps {
  readonly onClick?: () => void;
  readonly icon?: IconName;
  /** `main` for the one thing to do here, `quiet` for what is rarely wanted. */
  readonly look?: "main" | "plain" | "quiet";
  readonly type?: "button" | "submit";
  readonly disabled?: boolean;
  /** What the button does, for a button that shows only its icon. */
  readonly label?: string;
  readonly children?: ComponentChildren;
}

/** Something to press. */
export function Button({
  onClick,
  icon,
  look = "plain",
  type = "button",
  disabled = false,
  label,
  children,
}: ButtonProps) {
  const alone = children === undefined ? " button-icon" : "";
  return (
    <button
      type={type}
      class={`button button-${look}${alone}`}
      disabled={disabled}
      aria-label={label}
      title={label}
      onClick={() => onClick?.()}
    >
      {icon !== undefined && <Icon name={icon} />}
      {children !== undefined && <span>{children}</span>}
    </button>
  );
}
