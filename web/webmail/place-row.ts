/** Puts an element so many pixels down, by script: the policy of the pages refuses styles written in HTML. */
import { Directive, directive, type ElementPart, type PartInfo, PartType } from 'lit/directive.js';

class PlaceRow extends Directive {
  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error('placeRow stands in the tag of an element');
  }

  override render(_topPx: number): unknown {
    return undefined;
  }

  override update(part: ElementPart, [topPx]: [number]): unknown {
    (part.element as HTMLElement).style.transform = `translateY(${topPx}px)`;
    return undefined;
  }
}

export const placeRow = directive(PlaceRow);
